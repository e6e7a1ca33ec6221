//! What a file really is, from its first bytes, and whether that may be handed to anybody.

use super::names::extensions;

/// Extensions of files that a double click runs, or that mount or unpack themselves.
const BLOCKED: [&str; 54] = [
    "ade",
    "adp",
    "apk",
    "appref-ms",
    "appx",
    "bat",
    "cab",
    "chm",
    "cmd",
    "com",
    "cpl",
    "dll",
    "dmg",
    "exe",
    "gadget",
    "hta",
    "img",
    "inf",
    "ins",
    "iso",
    "isp",
    "jar",
    "js",
    "jse",
    "lib",
    "lnk",
    "mde",
    "msc",
    "msi",
    "msix",
    "msp",
    "mst",
    "nsh",
    "pif",
    "ps1",
    "ps1xml",
    "ps2",
    "psc1",
    "psm1",
    "reg",
    "scf",
    "scr",
    "sct",
    "shb",
    "sys",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vhdx",
    "wsc",
    "wsf",
    "wsh",
];

/// Media types of programs, by whatever name they come.
const BLOCKED_TYPES: [&str; 6] = [
    "application/x-msdownload",
    "application/x-executable",
    "application/x-mach-binary",
    "application/x-iso9660-image",
    "application/java-archive",
    "application/x-ms-shortcut",
];

const MAGIC: [(&[u8], &str); 24] = [
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", "application/x-mach-binary"),
    (b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"{\\rtf", "application/rtf"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
];

/// The media type that the bytes show; `application/octet-stream` when they show none.
#[must_use]
pub fn sniff(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"PK\x03\x04") {
        return zip_kind(bytes);
    }
    if bytes.get(0x8001..0x8006) == Some(b"CD001") {
        return "application/x-iso9660-image";
    }
    if bytes.starts_with(b"RIFF") {
        match bytes.get(8..12) {
            Some(b"WEBP") => return "image/webp",
            Some(b"WAVE") => return "audio/wav",
            _ => {}
        }
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return match bytes.get(8..12) {
            Some(b"avif") => "image/avif",
            Some(b"heic" | b"heix" | b"mif1") => "image/heic",
            _ => "video/mp4",
        };
    }
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return kind;
    }
    text_kind(bytes)
}

/// Programs and office files in a zip are told apart by the names of the first entries.
fn zip_kind(bytes: &[u8]) -> &'static str {
    let head = bytes.get(..bytes.len().min(8192)).unwrap_or_default();
    let has = |needle: &[u8]| head.windows(needle.len()).any(|w| w == needle);
    if has(b"META-INF/MANIFEST.MF") || has(b"AndroidManifest.xml") {
        "application/java-archive"
    } else if has(b"word/") {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    } else if has(b"xl/") {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    } else if has(b"ppt/") {
        "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    } else {
        "application/zip"
    }
}

fn text_kind(bytes: &[u8]) -> &'static str {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    if head.iter().any(|b| *b == 0) {
        return "application/octet-stream";
    }
    let lower = head.trim_ascii_start().to_ascii_lowercase();
    let lower = lower.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&lower);
    let has = |needle: &[u8]| lower.windows(needle.len()).any(|w| w == needle);
    if lower.starts_with(b"<!doctype html") || lower.starts_with(b"<html") || has(b"<script") || has(b"<body") {
        "text/html"
    } else if has(b"<svg") {
        "image/svg+xml"
    } else if lower.starts_with(b"<?xml") {
        "application/xml"
    } else if lower.starts_with(b"begin:vcalendar") {
        "text/calendar"
    } else if lower.starts_with(b"begin:vcard") {
        "text/vcard"
    } else if bytes.is_empty() || utf8_so_far(head) {
        "text/plain"
    } else {
        "application/octet-stream"
    }
}

fn utf8_so_far(head: &[u8]) -> bool {
    match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(fault) => fault.error_len().is_none(),
    }
}

/// Why a file is not handed out, if so. `names` are every name it goes by.
pub fn blocked_reason<'a>(sniffed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if BLOCKED_TYPES.contains(&sniffed) {
        return Some(format!("the content is a program ({sniffed})"));
    }
    for name in names {
        if let Some(layer) = extensions(name).find(|layer| BLOCKED.contains(&layer.as_str())) {
            return Some(format!("files of type .{layer} are not accepted"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_the_type() {
        for (bytes, kind) in [
            (&b"%PDF-1.7"[..], "application/pdf"),
            (b"MZ\x90\0", "application/x-msdownload"),
            (b"PK\x03\x04....META-INF/MANIFEST.MF", "application/java-archive"),
            (
                b"PK\x03\x04....word/document.xml",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            (b"  <HTML><script>", "text/html"),
            (b"<?xml version='1.0'?><svg/>", "image/svg+xml"),
            (b"plain text", "text/plain"),
            (b"\0\x01\x02", "application/octet-stream"),
            (b"", "text/plain"),
        ] {
            assert_eq!(sniff(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn programs_are_blocked_by_content_and_by_every_extension() {
        assert!(blocked_reason("application/x-msdownload", ["photo.jpg"]).is_some());
        assert!(blocked_reason("text/plain", ["a.js"]).is_some());
        assert!(blocked_reason("application/pdf", ["a.exe.pdf"]).is_some());
        assert!(blocked_reason("application/pdf", ["a.pdf", "a.PIF "]).is_some());
        assert!(blocked_reason("application/pdf", ["a.pdf"]).is_none());
        assert!(blocked_reason("application/zip", ["exe"]).is_none());
    }
}
