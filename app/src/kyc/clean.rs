//! What becomes of an uploaded paper before it is kept: its type is read from its content, pictures are decoded under limits and
//! written anew, so that nothing but the picture survives, and PDF files with anything active in them are refused.

use std::io::{Cursor, Read};

use bytes::Bytes;
use domain::kyc::paper::MAX_SIZE;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder};
use tokio::sync::Semaphore;

use crate::AppError;

/// Longest side of a picture, in pixels.
const MAX_SIDE: u32 = 10_000;
/// Most pixels.
const MAX_PIXELS: u64 = 40_000_000;
/// Most memory that decoding may take, in bytes.
const MAX_MEMORY: u64 = 256 * 1024 * 1024;
/// Longest side of what is kept: enough to read the small print of a card.
const KEPT_SIDE: u32 = 3000;
/// Most bytes that the packed parts of one PDF may unpack to.
const MAX_UNPACKED: u64 = 64 * 1024 * 1024;
/// Pictures decoded at once in one process: each may take much memory.
static ROOM: Semaphore = Semaphore::const_new(2);

/// A paper that may be kept.
#[derive(Debug)]
pub struct Clean {
    /// Type by content.
    pub content_type: &'static str,
    /// Ending that goes with it.
    pub ending: &'static str,
    /// What is kept.
    pub bytes: Bytes,
}

fn refused(code: &str, detail: &str) -> AppError {
    AppError::invalid("", code, detail)
}

/// Cleans an upload on the blocking pool.
///
/// # Errors
/// [`AppError::Invalid`] says why it is not taken.
pub async fn clean(bytes: Bytes) -> Result<Clean, AppError> {
    if bytes.is_empty() {
        return Err(refused("empty", "the file is empty"));
    }
    if bytes.len() > MAX_SIZE {
        return Err(refused("too_large", "a paper may have 10 MB at most"));
    }
    let _place = ROOM
        .acquire()
        .await
        .map_err(|error| AppError::Internal(error.to_string()))?;
    tokio::task::spawn_blocking(move || now(&bytes))
        .await
        .map_err(|error| AppError::Internal(error.to_string()))?
}

fn now(bytes: &[u8]) -> Result<Clean, AppError> {
    match infer::get(bytes).map(|kind| kind.mime_type()) {
        Some("application/pdf") => pdf(bytes),
        Some("image/png") => picture(bytes, ImageFormat::Png),
        Some("image/jpeg") => picture(bytes, ImageFormat::Jpeg),
        Some("image/webp") => picture(bytes, ImageFormat::WebP),
        _ => Err(refused(
            "kind_of_file",
            "send a PDF file or a picture (PNG, JPEG, WebP)",
        )),
    }
}

fn picture(bytes: &[u8], format: ImageFormat) -> Result<Clean, AppError> {
    let broken = |_| refused("broken_picture", "the picture cannot be read");
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(too_big_or_broken)?;
    // The header tells the size: a bomb is refused before anything is unpacked.
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(too_big());
    }
    let turned = decoder.orientation().map_err(broken)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(too_big_or_broken)?;
    image.apply_orientation(turned);
    if image.width() > KEPT_SIDE || image.height() > KEPT_SIDE {
        image = image.thumbnail(KEPT_SIDE, KEPT_SIDE);
    }
    let mut kept = Vec::new();
    JpegEncoder::new_with_quality(&mut kept, 90)
        .encode_image(&image.into_rgb8())
        .map_err(broken)?;
    Ok(Clean {
        content_type: "image/jpeg",
        ending: "jpg",
        bytes: Bytes::from(kept),
    })
}

fn too_big() -> AppError {
    refused(
        "picture_too_large",
        "the picture has too many pixels: 40 million at most",
    )
}

fn too_big_or_broken(error: image::ImageError) -> AppError {
    match error {
        image::ImageError::Limits(_) => too_big(),
        _ => refused("broken_picture", "the picture cannot be read"),
    }
}

/// Names of PDF that make a file act by itself, carry another file, or hide what it holds.
const ACTIVE: [&str; 9] = [
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/RichMedia",
    "/XFA",
    "/SubmitForm",
    "/ImportData",
];

fn pdf(bytes: &[u8]) -> Result<Clean, AppError> {
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    if !bytes.starts_with(b"%PDF-") || find(tail, b"%%EOF").is_none() {
        return Err(refused("broken_pdf", "the PDF file is not whole"));
    }
    if names(bytes, &["/Encrypt"]) {
        return Err(refused(
            "locked_pdf",
            "the PDF file is protected; save it without a password",
        ));
    }
    if names(bytes, &ACTIVE) || packed(bytes)? {
        return Err(refused(
            "active_pdf",
            "the PDF file holds a program or another file; print it to a new PDF",
        ));
    }
    Ok(Clean {
        content_type: "application/pdf",
        ending: "pdf",
        bytes: Bytes::copy_from_slice(bytes),
    })
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|part| part == needle)
}

/// Whether one of these names occurs, `#4A`-like spellings of letters included.
fn names(bytes: &[u8], wanted: &[&str]) -> bool {
    bytes.iter().enumerate().filter(|(_, b)| **b == b'/').any(|(at, _)| {
        let mut name = Vec::with_capacity(24);
        let mut rest = &bytes[at..(at + 80).min(bytes.len())];
        while let [first, tail @ ..] = rest {
            let hex = (*first == b'#').then(|| tail.get(..2)).flatten();
            let hex = hex.and_then(|h| u8::from_str_radix(std::str::from_utf8(h).ok()?, 16).ok());
            match hex {
                Some(letter) => {
                    name.push(letter);
                    rest = &tail[2..];
                }
                None if name.is_empty() || first.is_ascii_alphanumeric() => {
                    name.push(*first);
                    rest = tail;
                }
                None => break,
            }
        }
        wanted.iter().any(|w| w.as_bytes() == name)
    })
}

/// Whether a packed object stream names anything active. Pictures and fonts are packed too; only streams of objects are unpacked.
fn packed(bytes: &[u8]) -> Result<bool, AppError> {
    let mut left = MAX_UNPACKED;
    let mut at = 0;
    while let Some(found) = find(&bytes[at..], b"stream") {
        let start = at + found;
        at = start + 6;
        let dictionary = &bytes[start.saturating_sub(400)..start];
        if bytes[..start].ends_with(b"end") || find(dictionary, b"/ObjStm").is_none() {
            continue;
        }
        let body = &bytes[at..];
        let body = body
            .strip_prefix(b"\r\n")
            .or_else(|| body.strip_prefix(b"\n"))
            .unwrap_or(body);
        let mut plain = Vec::new();
        // What cannot be unpacked at its end may still have given a beginning, which counts.
        let _ = flate2::read::ZlibDecoder::new(body)
            .take(left + 1)
            .read_to_end(&mut plain);
        left = left
            .checked_sub(u64::try_from(plain.len()).unwrap_or(u64::MAX))
            .ok_or_else(|| refused("picture_too_large", "the PDF file unpacks to too much"))?;
        if names(&plain, &ACTIVE) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn code(bytes: &[u8]) -> String {
        match now(bytes) {
            Ok(clean) => clean.content_type.to_owned(),
            Err(AppError::Invalid(errors)) => errors[0].code.clone(),
            Err(other) => panic!("{other}"),
        }
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let image = DynamicImage::new_rgb8(width, height);
        image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    fn pdf_with(body: &str) -> Vec<u8> {
        format!("%PDF-1.7\n{body}\ntrailer\n%%EOF\n").into_bytes()
    }

    #[test]
    fn pictures_are_written_anew_and_lose_what_was_hidden() {
        let mut bytes = png(40, 30);
        bytes.extend_from_slice(b"<script>canary</script>");
        let clean = now(&bytes).unwrap();
        assert_eq!(clean.content_type, "image/jpeg");
        assert!(find(&clean.bytes, b"canary").is_none());
        assert_eq!(image::load_from_memory(&clean.bytes).unwrap().width(), 40);
        let wide = now(&png(4000, 10)).unwrap();
        assert_eq!(image::load_from_memory(&wide.bytes).unwrap().width(), KEPT_SIDE);
    }

    #[test]
    fn bombs_are_refused_by_their_header() {
        // A PNG whose header says 30000 × 30000, followed by next to nothing.
        let mut bomb = png(1, 1);
        bomb[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
        let crc = crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(code(&bomb), "picture_too_large");
        assert_eq!(code(&png(9000, 5000)), "picture_too_large");
    }

    fn crc(bytes: &[u8]) -> u32 {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum()
    }

    #[test]
    fn disguises_do_not_help() {
        for bytes in [
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".as_slice(),
            b"<html><script>alert(1)</script>",
            b"MZ\x90\x00\x03\x00\x00\x00",
            b"PK\x03\x04zip",
            b"GIF89a\x01\x00\x01\x00",
            b"plain text",
        ] {
            assert_eq!(code(bytes), "kind_of_file", "{bytes:?}");
        }
        assert_eq!(code(&png(10, 10)[..40]), "broken_picture");
    }

    #[test]
    fn a_pdf_that_acts_hides_or_is_locked_is_refused() {
        assert_eq!(
            code(&pdf_with("1 0 obj << /Type /Catalog >> endobj")),
            "application/pdf"
        );
        assert_eq!(code(b"%PDF-1.7 cut off"), "broken_pdf");
        assert_eq!(code(&pdf_with("<< /Encrypt 5 0 R >>")), "locked_pdf");
        for body in [
            "<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
            "<< /S /J#61vaScript >>",
            "<< /Type /EmbeddedFile >>",
            "<< /S /Launch /F (cmd.exe) >>",
        ] {
            assert_eq!(code(&pdf_with(body)), "active_pdf", "{body}");
        }
        let pack = |plain: &[u8]| {
            let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
            packed.write_all(plain).unwrap();
            let mut bytes = b"%PDF-1.7\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n".to_vec();
            bytes.extend(packed.finish().unwrap());
            bytes.extend_from_slice(b"\nendstream\n%%EOF");
            bytes
        };
        assert_eq!(code(&pack(b"1 0 << /S /JavaScript >>")), "active_pdf");
        assert_eq!(code(&pack(b"1 0 << /Type /Page >>")), "application/pdf");
        assert_eq!(code(&pack(&vec![b' '; 70 << 20])), "picture_too_large");
    }
}
