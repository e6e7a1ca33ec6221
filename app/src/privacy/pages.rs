//! The pages of an archive that people read.

use domain::{locale::Locale, permission::Texts, privacy::Section};
use serde_json::Value;
use std::fmt::Write as _;

const TITLE: Texts = Texts {
    en: "What is kept about you",
    fr: "Ce qui est conservé sur vous",
    ar: "ما يُحفظ عنك",
};
const WHEN: Texts = Texts {
    en: "As of",
    fr: "État au",
    ar: "بتاريخ",
};
const ROWS: Texts = Texts {
    en: "Entries",
    fr: "Entrées",
    ar: "المدخلات",
};
const NOTHING: Texts = Texts {
    en: "Nothing is kept here.",
    fr: "Rien n’est conservé ici.",
    ar: "لا يُحفظ شيء هنا.",
};
const FILES: Texts = Texts {
    en: "Files",
    fr: "Fichiers",
    ar: "الملفات",
};
const GONE: Texts = Texts {
    en: "no longer stored",
    fr: "n’est plus conservé",
    ar: "لم يعد محفوظًا",
};
const ABOUT: Texts = Texts {
    en: "Each part is a page for reading and a JSON file for programs. Passwords, keys and codes are in none: they are kept in a form that \
         nobody can read. Internal notes about a customer are not included.",
    fr: "Chaque partie est une page à lire et un fichier JSON pour les programmes. Mots de passe, clés et codes n’y figurent pas : ils sont \
         conservés sous une forme que personne ne peut lire. Les notes internes sur un client ne sont pas incluses.",
    ar: "كل جزء صفحة للقراءة وملف JSON للبرامج. لا تظهر كلمات المرور والمفاتيح والرموز: فهي محفوظة بصيغة لا يقرؤها أحد. \
         والملاحظات الداخلية عن العميل غير مشمولة.",
};

/// Text that cannot be taken for markup.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn head(locale: Locale, title: &str) -> String {
    let (tag, direction) = match locale {
        Locale::Fr => ("fr", "ltr"),
        Locale::En => ("en", "ltr"),
        Locale::Ar => ("ar", "rtl"),
    };
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"{tag}\" dir=\"{direction}\"><head><meta charset=\"utf-8\"><title>{title}</title>\n<style>body{{font:\
         16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}table{{border-collapse:collapse;width:100%;margin:0 0 \
         1.5rem}}th,td{{border:1px solid #ccc;padding:.3rem .6rem;text-align:start;vertical-align:top}}th{{width:14rem;font-weight:\
         normal;color:#555}}td{{overflow-wrap:anywhere;white-space:pre-wrap}}</style></head><body>\n<h1>{title}</h1>\n"
    )
}

/// How every page ends.
pub(super) const END: &str = "</body></html>\n";

/// How the page of a section begins.
pub(super) fn section(locale: Locale, section: Section) -> String {
    head(locale, section.name().of(locale))
}

/// That a section has nothing.
pub(super) fn nothing(locale: Locale) -> String {
    format!("<p>{}</p>\n", escape(NOTHING.of(locale)))
}

/// An entry of a section. What is not known is left out.
pub(super) fn entry(data: &Value) -> String {
    let mut out = "<table>\n".to_owned();
    for (name, value) in data.as_object().into_iter().flatten() {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            Value::Array(_) | Value::Object(_) => serde_json::to_string_pretty(value).unwrap_or_default(),
            plain => plain.to_string(),
        };
        let _ = writeln!(
            out,
            "<tr><th>{}</th><td dir=\"auto\">{}</td></tr>",
            escape(&name.replace('_', " ")),
            escape(&text)
        );
    }
    out.push_str("</table>\n");
    out
}

/// A file of the archive.
pub(super) struct Listed {
    /// Where it is in the archive.
    pub path: String,
    /// It is not stored any more.
    pub missing: bool,
}

/// The first page: what there is, and where.
pub(super) fn index(locale: Locale, who: &str, when: &str, sections: &[(Section, usize)], files: &[Listed]) -> String {
    let mut out = head(locale, TITLE.of(locale));
    let _ = writeln!(
        out,
        "<p><bdi>{}</bdi> · {} <bdi>{}</bdi></p>\n<p>{}</p>\n<table><tr><th></th><td>{}</td></tr>",
        escape(who),
        escape(WHEN.of(locale)),
        escape(when),
        escape(ABOUT.of(locale)),
        escape(ROWS.of(locale))
    );
    for (section, rows) in sections {
        let key = section.key();
        let _ = writeln!(
            out,
            "<tr><th><a href=\"data/{key}.html\">{}</a></th><td>{rows} · <a href=\"data/{key}.json\">JSON</a></td></tr>",
            escape(section.name().of(locale))
        );
    }
    let _ = writeln!(out, "</table>\n<h2>{}</h2>", escape(FILES.of(locale)));
    if files.is_empty() {
        out.push_str(&nothing(locale));
    }
    out.push_str("<ul>\n");
    for file in files {
        let path = escape(&file.path);
        let _ = if file.missing {
            writeln!(out, "<li><bdi>{path}</bdi>: {}</li>", escape(GONE.of(locale)))
        } else {
            let address: String = file
                .path
                .bytes()
                .map(|b| {
                    if b.is_ascii_alphanumeric() || b"-._/".contains(&b) {
                        char::from(b).to_string()
                    } else {
                        format!("%{b:02X}")
                    }
                })
                .collect();
            writeln!(out, "<li><a href=\"{address}\"><bdi>{path}</bdi></a></li>")
        };
    }
    out.push_str("</ul>\n");
    out.push_str(END);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_wrote_is_text_and_no_markup() {
        let data = serde_json::json!({ "body_text": "<script>alert(1)</script>", "gone": null, "tags": ["<b>"] });
        let html = entry(&data);
        assert!(
            !html.contains("<script") && !html.contains("<b>") && !html.contains("gone"),
            "{html}"
        );
        let file = Listed {
            path: "files/1/\"><img src=x>.png".to_owned(),
            missing: false,
        };
        let page = index(Locale::Ar, "<i>", "now", &[(Section::Account, 1)], &[file]);
        assert!(!page.contains("<img") && !page.contains("<i>"), "{page}");
        assert!(page.contains("dir=\"rtl\"") && page.contains("data/account.json"));
    }
}
