//! What people write to a ticket: plain text, or Markdown.

/// How a text is to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// As it stands there.
    #[default]
    Plain,
    /// As Markdown.
    Markdown,
}

/// A message as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What it looks like, sanitised; nothing where no word of it looks other than the rest.
    pub html: Option<String>,
    /// What it says, without the signs that format it: searched, quoted, printed, and sent to those who read plain text.
    pub text: String,
}

/// The value of a variable as it is put into Markdown: whatever stands in it, it is shown as it stands there and formats nothing.
/// Blanks at the ends of its lines go.
#[must_use]
pub fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len() + 8);
    for (at, line) in value.lines().enumerate() {
        if at > 0 {
            escaped.push('\n');
        }
        escape_line(line.trim(), &mut escaped);
    }
    escaped
}

fn escape_line(line: &str, escaped: &mut String) {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut before = None;
    let mut rest = line.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        let formats = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '~' => true,
            // Within a word it is a letter.
            '_' => !(word(before) && word(next)),
            '&' => next.is_some_and(|next| next == '#' || next.is_ascii_alphanumeric()),
            // The line would begin a heading, a list, a quote, or underline the one above.
            '#' | '+' | '-' | '>' | '=' => at == 0,
            '.' | ')' => at > 0 && at == digits,
            _ => false,
        };
        if formats {
            escaped.push('\\');
        }
        escaped.push(c);
        before = Some(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_formats_nothing() {
        for (value, escaped) in [
            ("Amine Cherif", "Amine Cherif"),
            ("https://x.dz/t/a_b-c?d=1", "https://x.dz/t/a_b-c?d=1"),
            ("**SARL** [x](y) <b>", "\\*\\*SARL\\*\\* \\[x\\](y) \\<b>"),
            ("_a_ my_host", "\\_a\\_ my_host"),
            ("# x", "\\# x"),
            ("- a - b", "\\- a - b"),
            ("1986. x 2. y", "1986\\. x 2. y"),
            ("a & b &lt; &#42;", "a & b \\&lt; \\&#42;"),
            ("a\n    code\n> b", "a\ncode\n\\> b"),
            ("`x` \\ ~~y~~", "\\`x\\` \\\\ \\~\\~y\\~\\~"),
            ("مرحبًا *بك*", "مرحبًا \\*بك\\*"),
            ("", ""),
        ] {
            assert_eq!(escape(value), escaped, "{value}");
        }
    }
}
