//! From bytes to text. The declared charset is a hint: it is often missing, misspelt or wrong.

use encoding_rs::{EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, WINDOWS_1252};

/// Decoded text and whether the declaration was not to be believed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) lied: bool,
}

/// Decodes `bytes` declared as `label`; never fails, replaces what cannot be read.
pub(crate) fn decode(bytes: &[u8], label: Option<&str>) -> Decoded {
    let label = label
        .map(|l| l.trim().trim_matches(['"', '\'']).to_ascii_lowercase())
        .unwrap_or_default();
    match label.as_str() {
        "" | "us-ascii" | "ascii" | "utf-8" | "utf8" | "unknown-8bit" | "default" | "x-unknown" | "iso-8859-1"
        | "latin1" => guess(bytes, &label),
        // UTF-7 can hide markup from every check that comes before it; nobody needs it today.
        "utf-7" | "utf7" | "unicode-1-1-utf-7" | "x-unicode-2-0-utf-7" => Decoded {
            text: UTF_8.decode(bytes).0.into_owned(),
            lied: true,
        },
        "iso-2022-jp" if bytes.iter().any(|b| *b >= 0x80) => with(SHIFT_JIS, bytes),
        _ => match lookup(&label) {
            Some(encoding) => with(encoding, bytes),
            None => Decoded {
                lied: true,
                ..guess(bytes, "")
            },
        },
    }
}

fn lookup(label: &str) -> Option<&'static Encoding> {
    if label.starts_with("ks_c_5601") || label.starts_with("ks-c-5601") || matches!(label, "cp949" | "uhc") {
        return Some(EUC_KR);
    }
    // GB 18030 reads everything that GB 2312 and GBK do, and what programs write under those names.
    if label.starts_with("gb2312") || label.starts_with("gb_2312") || matches!(label, "hz-gb-2312" | "cp936") {
        return Some(GB18030);
    }
    let windows = label
        .strip_prefix("cp")
        .filter(|n| n.starts_with("125"))
        .map(|n| format!("windows-{n}"));
    Encoding::for_label_no_replacement(windows.as_deref().unwrap_or(label).as_bytes())
}

fn with(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, _, failed) = encoding.decode(bytes);
    // Much mail says something else and is UTF-8; text that is valid UTF-8 beyond ASCII is so by no accident.
    if failed && let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded {
            text: text.to_owned(),
            lied: true,
        };
    }
    Decoded {
        text: text.into_owned(),
        lied: failed,
    }
}

/// UTF-8 when it is valid, Windows-1252 otherwise: no byte is lost and ASCII stays readable.
fn guess(bytes: &[u8], label: &str) -> Decoded {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded {
            text: text.to_owned(),
            lied: label == "iso-8859-1" && !text.is_ascii(),
        },
        Err(error) => {
            let mostly_utf8 =
                error.error_len().is_none() || label.starts_with("utf") && error.valid_up_to() * 2 > bytes.len();
            let encoding = if mostly_utf8 { UTF_8 } else { WINDOWS_1252 };
            let text = encoding.decode_without_bom_handling(bytes).0.into_owned();
            Decoded {
                text,
                lied: !matches!(label, "iso-8859-1" | "latin1" | ""),
            }
        }
    }
}

/// Charset named inside HTML, looked for in its first kilobyte.
pub(crate) fn html_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(1024))?).to_ascii_lowercase();
    let at = head.find("charset=")? + "charset=".len();
    let name: String = head
        .get(at..)?
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_:".contains(*c))
        .collect();
    (!name.is_empty()).then_some(name)
}

/// Body text as stored: `\n` line ends, no NUL (PostgreSQL refuses it) and no other control characters.
pub(crate) fn clean_text(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit + 4));
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if out.len() >= limit {
            break;
        }
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// One line of a header: control characters become single spaces.
pub(crate) fn clean_line(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit));
    for c in text.chars() {
        if out.len() >= limit {
            break;
        }
        match c {
            '\0' => {}
            c if c.is_control() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_charsets_and_lies() {
        let table: [(&[u8], Option<&str>, &str, bool); 15] = [
            (b"plain", None, "plain", false),
            ("é".as_bytes(), None, "é", false),
            (b"\xe9t\xe9", None, "été", false),
            (b"\xe9t\xe9", Some("iso-8859-1"), "été", false),
            (b"\xe9t\xe9", Some("utf-8"), "été", true),
            ("été".as_bytes(), Some("ISO-8859-1"), "été", true),
            (b"\xe3\xd1\xcd\xc8\xc7", Some("windows-1256"), "مرحبا", false),
            (b"\xe5\xd1\xcd\xc8\xc7", Some("iso-8859-6"), "مرحبا", false),
            (b"\xb0\xa1", Some("ks_c_5601-1987"), "가", false),
            (b"\xb0\xa1", Some("gb2312"), "啊", false),
            (b"\x1b$B$\"\x1b(B", Some("ISO-2022-JP"), "あ", false),
            (b"\x82\xa0", Some("iso-2022-jp"), "あ", false),
            (b"+ADw-script+AD4-", Some("utf-7"), "+ADw-script+AD4-", true),
            (b"x", Some("no-such-charset"), "x", true),
            (b"\xef\xbb\xbfbom", Some("utf-8"), "bom", false),
        ];
        for (bytes, label, text, lied) in table {
            assert_eq!(
                decode(bytes, label),
                Decoded {
                    text: text.into(),
                    lied
                },
                "{label:?} {bytes:?}"
            );
        }
    }

    #[test]
    fn text_is_cleaned() {
        assert_eq!(clean_text("a\r\nb\rc\0\u{7}d", 100), "a\nb\ncd");
        assert_eq!(clean_text("ééé", 3), "éé");
        assert_eq!(clean_line(" a\r\n\tb\0c ", 100), "a bc");
        assert_eq!(
            html_charset(b"<meta charset=\"windows-1256\">"),
            Some("windows-1256".into())
        );
        assert_eq!(html_charset(b"<p>"), None);
    }
}
