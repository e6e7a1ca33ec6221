//! Lines by which mail programs introduce quoted text, in the languages they speak.

use super::Line;

/// Words that begin an "On … wrote:" line, lower case.
const INTRO: [&str; 26] = [
    "on ",
    "le ",
    "am ",
    "el ",
    "il ",
    "em ",
    "op ",
    "den ",
    "d. ",
    "dnia ",
    "w dniu ",
    "dne ",
    "la data ",
    "în ",
    "в ",
    "στις ",
    "tarihinde",
    "em qua",
    "a ",
    "at ",
    "vào ",
    "ب",
    "في ",
    "بتاريخ",
    "يوم ",
    "בתאריך",
];
/// The verb of such a line: en, fr, de, es, it, pt, nl, sv/no/da, pl, cs, fi, ro, ru, tr, el, hu, ar, he, zh, ja, ko.
const VERB: [&str; 30] = [
    "wrote",
    "writes",
    "a écrit",
    "écrivait",
    "schrieb",
    "escribió",
    "ha scritto",
    "escreveu",
    "schreef",
    "skrev",
    "napisał",
    "napsal",
    "kirjoitti",
    "a scris",
    "написал",
    "пишет",
    "yazdı",
    "şunları yazdı",
    "έγραψε",
    "írta",
    "كتب",
    "كتبت",
    "כתב",
    "写道",
    "寫道",
    "のメール",
    "さんは",
    "작성",
    "đã viết",
    "geschreven",
];
/// Labels of the sender in a header block.
const FROM: [&str; 22] = [
    "from:",
    "de:",
    "de :",
    "von:",
    "da:",
    "van:",
    "från:",
    "fra:",
    "od:",
    "lähettäjä:",
    "от:",
    "kimden:",
    "gönderen:",
    "από:",
    "feladó:",
    "من:",
    "מאת:",
    "发件人:",
    "寄件者:",
    "差出人:",
    "보낸 사람:",
    "expéditeur:",
];
/// Labels of the date or the subject in a header block.
const SENT: [&str; 40] = [
    "sent:",
    "date:",
    "date :",
    "envoyé:",
    "envoyé :",
    "gesendet:",
    "datum:",
    "enviado:",
    "enviado el:",
    "enviada em:",
    "fecha:",
    "data:",
    "inviato:",
    "verzonden:",
    "skickat:",
    "sendt:",
    "dato:",
    "wysłano:",
    "odesláno:",
    "lähetetty:",
    "trimis:",
    "отправлено:",
    "дата:",
    "gönderildi:",
    "tarih:",
    "ημερομηνία:",
    "elküldve:",
    "تاريخ الإرسال:",
    "التاريخ:",
    "تم الإرسال:",
    "أرسلت:",
    "נשלח:",
    "发送时间:",
    "日期:",
    "日時:",
    "送信日時:",
    "보낸 날짜:",
    "subject:",
    "objet:",
    "objet :",
];
/// Words inside a dashed line above a quoted mail.
const ORIGINAL: [&str; 20] = [
    "original message",
    "message d'origine",
    "message original",
    "ursprüngliche nachricht",
    "mensaje original",
    "messaggio originale",
    "mensagem original",
    "oorspronkelijk bericht",
    "ursprungligt meddelande",
    "opprinnelig melding",
    "oprindelig meddelelse",
    "wiadomość oryginalna",
    "alkuperäinen viesti",
    "исходное сообщение",
    "orijinal ileti",
    "αρχικό μήνυμα",
    "eredeti üzenet",
    "الرسالة الأصلية",
    "原始邮件",
    "original-nachricht",
];

/// Byte offset of the first introduction of quoted text.
pub(super) fn find(lines: &[Line<'_>]) -> Option<usize> {
    let index = (0..lines.len()).find(|index| starts_at(lines, *index))?;
    // A rule above the header block belongs to it.
    let above = index.checked_sub(1).map(|i| lines[i]);
    let rule = above.filter(|l| l.text.trim().len() >= 10 && l.text.trim().chars().all(|c| matches!(c, '_' | '-')));
    Some(rule.unwrap_or(lines[index]).at)
}

/// Whether quoted text is introduced at this line.
pub(super) fn starts_at(lines: &[Line<'_>], index: usize) -> bool {
    let first = clean(lines[index].text);
    if first.is_empty() || first.len() > 400 || first.starts_with('>') {
        return false;
    }
    let lower = first.to_lowercase().replace('’', "'");
    if (lower.starts_with("---") || lower.starts_with("___")) && ORIGINAL.iter().any(|words| lower.contains(words)) {
        return true;
    }
    if FROM.iter().any(|label| lower.starts_with(label)) {
        let next = lines
            .iter()
            .skip(index + 1)
            .take(5)
            .map(|l| clean(l.text).to_lowercase());
        return next.filter(|l| SENT.iter().any(|label| l.starts_with(label))).count() >= 1;
    }
    wrote_line(lines, index, &lower)
}

/// "On Monday, Ada wrote:", possibly wrapped over three lines.
fn wrote_line(lines: &[Line<'_>], index: usize, first: &str) -> bool {
    if !(INTRO.iter().any(|intro| first.starts_with(intro)) || first.starts_with(|c: char| c.is_numeric())) {
        return false;
    }
    let mut joined = String::new();
    for line in lines.iter().skip(index).take(3) {
        let text = clean(line.text);
        if text.is_empty() || text.starts_with('>') {
            return false;
        }
        joined.push_str(&text.to_lowercase());
        joined.push(' ');
        if joined.len() > 500 {
            return false;
        }
        let ends = joined.trim_end().ends_with([':', '：']);
        if ends && joined.chars().any(char::is_numeric) && VERB.iter().any(|verb| joined.contains(verb)) {
            return true;
        }
    }
    false
}

/// A line without marks, bold signs and direction characters that programs put around labels.
fn clean(line: &str) -> String {
    let kept = line
        .chars()
        .filter(|c| !matches!(c, '*' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\r'));
    let text: String = kept
        .map(|c| if matches!(c, '\u{a0}' | '\u{202f}') { ' ' } else { c })
        .collect();
    text.trim().to_owned()
}
