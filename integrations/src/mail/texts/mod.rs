//! Words of our automatic mails in the languages of the customers.

pub mod account;
pub mod member;

use domain::locale::Locale;

/// What a verified sender wrote, which the answer may repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AckDetails<'a> {
    /// Name of the person.
    pub name: &'a str,
    /// Subject of the mail.
    pub subject: &'a str,
}

/// What an acknowledgement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ack<'a> {
    /// Number of the ticket.
    pub ticket_number: i64,
    /// Subject token such as `[#12345-k7q2]`.
    pub subject_token: &'a str,
    /// Address of the ticket in the portal.
    pub portal_url: &'a str,
    /// Marker to be put at the end of the text.
    pub marker: &'a str,
    /// Only for verified senders. For others nothing that came from outside is repeated: the From address may be a
    /// stranger's, and our mail must not carry somebody's advertisement to him.
    pub verified: Option<AckDetails<'a>>,
}

/// Subject and body of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Subject.
    pub subject: String,
    /// Plain text body.
    pub body: String,
}

/// Tells a customer that the mail has arrived and under which number.
#[must_use]
pub fn acknowledgement(locale: Locale, ack: &Ack<'_>) -> Text {
    let number = ack.ticket_number;
    let token = ack.subject_token;
    let url = ack.portal_url;
    let (hello, title) = match (locale, ack.verified) {
        (Locale::Fr, Some(d)) => (greeting("Bonjour", d.name, ","), format!("Re: {}", d.subject)),
        (Locale::Fr, None) => ("Bonjour,".to_owned(), format!("Votre demande n° {number}")),
        (Locale::En, Some(d)) => (greeting("Hello", d.name, ","), format!("Re: {}", d.subject)),
        (Locale::En, None) => ("Hello,".to_owned(), format!("Your request no. {number}")),
        (Locale::Ar, Some(d)) => (greeting("مرحبا", d.name, "،"), format!("Re: {}", d.subject)),
        (Locale::Ar, None) => ("مرحبا،".to_owned(), format!("طلبك رقم {number}")),
    };
    let body = match locale {
        Locale::Fr => format!(
            "{hello}\n\nNous avons bien reçu votre message. Votre demande porte le numéro {number} ; un agent vous répondra.\n\n\
             Pour ajouter une information, répondez simplement à cet e-mail ou suivez votre demande ici :\n{url}\n\n\
             Ce message est envoyé automatiquement."
        ),
        Locale::En => format!(
            "{hello}\n\nWe have received your message. Your request has the number {number}; an agent will answer you.\n\n\
             To add something, simply reply to this e-mail or follow your request here:\n{url}\n\n\
             This message was sent automatically."
        ),
        Locale::Ar => format!(
            "{hello}\n\nلقد تلقينا رسالتك. رقم طلبك هو {number} وسيجيبك أحد موظفينا.\n\n\
             لإضافة أي معلومة، يكفي الرد على هذه الرسالة أو متابعة طلبك من هنا:\n{url}\n\n\
             أُرسلت هذه الرسالة تلقائيا."
        ),
    };
    Text {
        subject: format!("{token} {title}"),
        body: with_marker(locale, &body, ack.marker),
    }
}

/// Asks how satisfied a customer is. Each line is a link to the same page with another rating filled in; none of them answers by itself,
/// since programs that look at mail follow its links.
#[must_use]
pub fn survey(locale: Locale, number: i64, token: &str, link: &str, marker: &str) -> Text {
    let (title, ask, faces, rest) = match locale {
        Locale::Fr => (
            format!("Votre demande n° {number} : êtes-vous satisfait ?"),
            format!("Bonjour,\n\nVotre demande n° {number} a été résolue. Comment jugez-vous notre réponse ?"),
            ["Très mauvaise", "Mauvaise", "Moyenne", "Bonne", "Excellente"],
            "Chaque lien ouvre une page où vous confirmez votre note et pouvez écrire un commentaire.\n\n\
             Si votre problème persiste, répondez simplement à cet e-mail.",
        ),
        Locale::En => (
            format!("Your request no. {number}: are you satisfied?"),
            format!("Hello,\n\nYour request no. {number} has been resolved. How do you rate our answer?"),
            ["Very bad", "Bad", "Fair", "Good", "Excellent"],
            "Each link opens a page where you confirm your rating and may write a comment.\n\n\
             If your problem is still there, simply reply to this e-mail.",
        ),
        Locale::Ar => (
            format!("طلبك رقم {number}: هل أنت راضٍ؟"),
            format!("مرحبا،\n\nتم حل طلبك رقم {number}. ما تقييمك لإجابتنا؟"),
            ["سيئة جدا", "سيئة", "متوسطة", "جيدة", "ممتازة"],
            "يفتح كل رابط صفحة تؤكد فيها تقييمك ويمكنك كتابة تعليق.\n\n\
             إذا استمرت مشكلتك، يكفي الرد على هذه الرسالة.",
        ),
    };
    let lines: Vec<String> = (1..=5)
        .rev()
        .zip(faces.iter().rev())
        .map(|(n, face)| format!("{n}/5 {face}\n{link}&rating={n}"))
        .collect();
    Text {
        subject: format!("{token} {title}"),
        body: with_marker(locale, &format!("{ask}\n\n{}\n\n{rest}", lines.join("\n\n")), marker),
    }
}

/// Tells the sender of a mail above the size limit that it could not be read.
#[must_use]
pub fn too_large(locale: Locale, ack: &Ack<'_>, limit_mb: u64) -> Text {
    let number = ack.ticket_number;
    let token = ack.subject_token;
    let url = ack.portal_url;
    let (title, body) = match locale {
        Locale::Fr => (
            format!("Votre demande n° {number} : message trop volumineux"),
            format!(
                "Bonjour,\n\nVotre message dépasse {limit_mb} Mo et n'a pas pu être lu. Déposez vos fichiers ici :\n{url}"
            ),
        ),
        Locale::En => (
            format!("Your request no. {number}: message too large"),
            format!(
                "Hello,\n\nYour message is larger than {limit_mb} MB and could not be read. Please upload your files here:\n{url}"
            ),
        ),
        Locale::Ar => (
            format!("طلبك رقم {number}: الرسالة كبيرة جدا"),
            format!(
                "مرحبا،\n\nحجم رسالتك يتجاوز {limit_mb} ميغابايت ولم نتمكن من قراءتها. يمكنك رفع ملفاتك هنا:\n{url}"
            ),
        ),
    };
    Text {
        subject: format!("{token} {title}"),
        body: with_marker(locale, &body, ack.marker),
    }
}

/// What stands in the ticket instead of the text of a mail above the size limit. Sizes in MB.
#[must_use]
pub fn too_large_stub(locale: Locale, size_mb: u64, limit_mb: u64) -> String {
    match locale {
        Locale::Fr => format!(
            "[Message trop volumineux : {size_mb} Mo, la limite est de {limit_mb} Mo. Seuls ses en-têtes ont été conservés.]"
        ),
        Locale::En => {
            format!("[Message too large: {size_mb} MB, the limit is {limit_mb} MB. Only its headers were kept.]")
        }
        Locale::Ar => {
            format!("[الرسالة كبيرة جدا: {size_mb} ميغابايت، والحد هو {limit_mb} ميغابايت. لم يُحتفظ إلا بترويساتها.]")
        }
    }
}

fn greeting(hello: &str, name: &str, comma: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    if name.trim().is_empty() {
        format!("{hello}{comma}")
    } else {
        format!("{hello} {}{comma}", name.trim())
    }
}

/// A text with the marker by which its answer is recognised, and the word what that is.
#[must_use]
pub fn with_marker(locale: Locale, body: &str, marker: &str) -> String {
    if marker.is_empty() {
        return format!("{body}\n");
    }
    let label = match locale {
        Locale::Fr => "Référence (merci de la laisser dans votre réponse) :",
        Locale::En => "Reference (please leave it in your reply):",
        Locale::Ar => "المرجع (يُرجى تركه في ردك):",
    };
    format!("{body}\n\n{label}\n{marker}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unverified_senders_get_none_of_their_words_back() {
        for locale in [Locale::Fr, Locale::En, Locale::Ar] {
            let mut ack = Ack {
                ticket_number: 7,
                subject_token: "[#7-abcd]",
                portal_url: "https://p.test/t/7",
                marker: "[cm:x]",
                verified: None,
            };
            let plain = acknowledgement(locale, &ack);
            assert!(
                plain.body.contains('7')
                    && plain.body.contains("https://p.test/t/7")
                    && plain.body.ends_with("[cm:x]\n")
            );
            let label = plain.body.lines().rev().nth(1);
            assert!(
                label.is_some_and(|line| line.ends_with(':') && line.len() > 10),
                "{label:?}"
            );
            assert!(plain.subject.starts_with("[#7-abcd] "));
            ack.verified = Some(AckDetails {
                name: "Ada\r\n",
                subject: "BUY NOW",
            });
            let full = acknowledgement(locale, &ack);
            assert!(full.subject.ends_with("Re: BUY NOW") && full.body.contains("Ada") && !full.body.contains('\r'));
            assert!(!plain.body.contains("Ada") && !plain.subject.contains("BUY"));
            let large = too_large(locale, &ack, 40);
            assert!(large.body.contains("40") && !large.body.contains("Ada") && !large.subject.contains("BUY"));
            let asked = survey(locale, 7, "[#7-abcd]", "https://p.test/survey#token=t", "[cm:x]");
            assert!(asked.subject.starts_with("[#7-abcd] ") && asked.body.ends_with("[cm:x]\n"));
            assert!(
                (1..=5).all(|n| asked.body.contains(&format!("#token=t&rating={n}\n"))),
                "{}",
                asked.body
            );
            let stub = too_large_stub(locale, 52, 40);
            assert!(stub.contains("52") && stub.contains("40"));
        }
    }
}
