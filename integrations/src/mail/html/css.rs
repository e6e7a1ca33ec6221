//! Inline styles: a handful of harmless properties with harmless values.

/// Properties that may stay.
const PROPERTIES: [&str; 27] = [
    "color",
    "background-color",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "font-variant",
    "text-align",
    "text-decoration",
    "direction",
    "vertical-align",
    "white-space",
    "line-height",
    "border",
    "border-top",
    "border-right",
    "border-bottom",
    "border-left",
    "border-color",
    "border-style",
    "border-width",
    "border-collapse",
    "padding",
    "padding-top",
    "padding-right",
    "padding-bottom",
    "padding-left",
];
/// Functions that may appear in a value.
const FUNCTIONS: [&str; 4] = ["rgb(", "rgba(", "hsl(", "hsla("];

/// The safe part of a style attribute, possibly empty.
pub(super) fn safe_style(style: &str) -> String {
    if style.len() > 4_000 {
        return String::new();
    }
    let mut kept = String::new();
    for declaration in style.split(';').take(50) {
        let Some((name, value)) = declaration.split_once(':') else {
            continue;
        };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        if PROPERTIES.contains(&name.as_str()) && is_safe(value) {
            kept.push_str(&name);
            kept.push(':');
            kept.push_str(value);
            kept.push(';');
        }
    }
    kept
}

/// Plain words, numbers, colours and the colour functions; escapes, comments and everything else are refused, because
/// a browser reads them differently from a simple test.
fn is_safe(value: &str) -> bool {
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || " #%.,()'\"-+!_".contains(c) || (!c.is_ascii() && c.is_alphabetic());
    if value.is_empty() || value.len() > 200 || !value.chars().all(allowed) {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    let mut rest = lower.as_str();
    while let Some(open) = rest.find('(') {
        let Some(upto) = rest.get(..=open) else { return false };
        if !FUNCTIONS.iter().any(|f| upto.ends_with(f)) {
            return false;
        }
        rest = rest.get(open + 1..).unwrap_or_default();
    }
    !lower.contains("expression") && !lower.contains("javascript")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_declarations_stay() {
        for (style, safe) in [
            ("color: red; position: fixed", "color:red;"),
            (
                "COLOR:rgb(1, 2, 3);font-family: 'Segoe UI', Arial",
                "color:rgb(1, 2, 3);font-family:'Segoe UI', Arial;",
            ),
            ("background-color: url(http://x)", ""),
            ("background: red", ""),
            ("color: ex/**/pression(alert(1))", ""),
            ("color: \\65xpression(1)", ""),
            ("width:expression(alert(1))", ""),
            ("color: red } body { x: y", ""),
            ("padding:1px;;:;x", "padding:1px;"),
        ] {
            assert_eq!(safe_style(style), safe, "{style}");
        }
    }
}
