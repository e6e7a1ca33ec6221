//! The body of an outgoing message: text, HTML alternative, files.

use data_encoding::HEXLOWER;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Message, MessageBuilder, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use super::{ComposeError, OutgoingMail};
use crate::mail::parse::safe_name;

pub(super) fn assemble(mail: &OutgoingMail, builder: MessageBuilder) -> Result<Message, ComposeError> {
    let plain = || SinglePart::plain(without_nul(&mail.text));
    let built = match (&mail.html, mail.attachments.is_empty()) {
        (None, true) => builder.singlepart(plain()),
        (Some(html), true) => builder.multipart(alternative(mail, plain(), html)),
        (html, false) => {
            let mixed = MultiPart::mixed().boundary(boundary(mail, "mixed"));
            let mut mixed = match html {
                Some(html) => mixed.multipart(alternative(mail, plain(), html)),
                None => mixed.singlepart(plain()),
            };
            for file in &mail.attachments {
                let kind =
                    ContentType::parse(&file.content_type).or_else(|_| ContentType::parse("application/octet-stream"));
                let kind = kind.map_err(|e| ComposeError::Build(e.to_string()))?;
                let name = safe_name(&file.name, "attachment");
                mixed = mixed.singlepart(Attachment::new(name).body(file.bytes.clone(), kind));
            }
            builder.multipart(mixed)
        }
    };
    built.map_err(|e| ComposeError::Build(e.to_string()))
}

fn alternative(mail: &OutgoingMail, plain: SinglePart, html: &str) -> MultiPart {
    let parts = MultiPart::alternative().boundary(boundary(mail, "alternative"));
    parts.singlepart(plain).singlepart(SinglePart::html(without_nul(html)))
}

/// A boundary that depends on the mail alone, so that a retry sends the same bytes.
fn boundary(mail: &OutgoingMail, kind: &str) -> String {
    let digest = Sha256::digest(format!("{kind}\0{}", mail.message_id).as_bytes());
    HEXLOWER.encode(&digest[..20])
}

fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}
