//! What a file really is, by its first bytes, and which files are kept from being opened.

use serde::{Deserialize, Serialize};

/// Why an attachment may not be downloaded without a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockReason {
    /// Its bytes are those of a program.
    Program,
    /// One of its extensions is that of a program or script.
    Extension,
    /// It is larger than the limit; only the raw mail has it.
    TooLarge,
}

/// First bytes of types, longest first where one begins another.
const MAGIC: [(&[u8], &str); 34] = [
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"\0\0\x01\0", "image/x-icon"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"{\\rtf", "application/rtf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (b"-----BEGIN PGP", "application/pgp-encrypted"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", "application/java-vm"),
    (b"#!", "text/x-script"),
    (b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    (b"ITSF", "application/vnd.ms-htmlhelp"),
    (b"MSCF", "application/vnd.ms-cab-compressed"),
];

const PROGRAMS: [&str; 8] = [
    "application/x-msdownload",
    "application/x-executable",
    "application/x-mach-binary",
    "application/java-vm",
    "text/x-script",
    "application/x-ms-shortcut",
    "application/vnd.ms-htmlhelp",
    "application/vnd.ms-cab-compressed",
];

const EXTENSIONS: [&str; 60] = [
    "ade", "adp", "apk", "app", "appx", "asp", "bas", "bat", "cab", "chm", "cmd", "com", "cpl", "crt", "dll", "dmg",
    "exe", "gadget", "hlp", "hta", "inf", "ins", "iso", "isp", "img", "jar", "js", "jse", "jnlp", "ksh", "lib", "lnk",
    "mde", "msc", "msi", "msix", "msp", "mst", "nsh", "pif", "ps1", "ps2", "psc1", "reg", "scf", "scr", "sct", "shb",
    "sh", "sys", "vb", "vbe", "vbs", "vhd", "vhdx", "vxd", "wsc", "wsf", "wsh", "xll",
];

/// Media type by content; `None` when the bytes say nothing (plain text, CSV, unknown).
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<&'static str> {
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        // Two letters are a weak sign: text may begin with "BM" or "MZ", but text holds no zero bytes.
        let weak = matches!(*kind, "image/bmp" | "application/x-msdownload");
        if !weak || bytes.iter().take(256).any(|b| *b == 0 || *b >= 0x80) {
            return Some(kind);
        }
    }
    match (bytes.get(..4), bytes.get(4..12)) {
        (Some(b"RIFF"), Some(kind)) if kind.ends_with(b"WEBP") => return Some("image/webp"),
        (Some(b"RIFF"), Some(kind)) if kind.ends_with(b"WAVE") => return Some("audio/wav"),
        (_, Some(kind)) if kind.starts_with(b"ftypheic") || kind.starts_with(b"ftypmif1") => return Some("image/heic"),
        (_, Some(kind)) if kind.starts_with(b"ftyp") => return Some("video/mp4"),
        _ => {}
    }
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(512)).unwrap_or_default())
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_ascii_lowercase();
    if head.starts_with("<!doctype html") || head.starts_with("<html") || head.starts_with("<script") {
        return Some("text/html");
    }
    if head.starts_with("<svg") || head.starts_with("<?xml") && head.contains("<svg") {
        return Some("image/svg+xml");
    }
    head.starts_with("<?xml").then_some("text/xml")
}

/// Whether the file is kept from being opened, by its content and by every layer of its name (`a.pdf.exe`, `x.js.txt `).
#[must_use]
pub fn blocked(name: &str, declared_name: &str, sniffed: Option<&str>) -> Option<BlockReason> {
    if sniffed.is_some_and(|kind| PROGRAMS.contains(&kind)) {
        return Some(BlockReason::Program);
    }
    let layer = |name: &str| {
        name.to_lowercase()
            .split('.')
            .skip(1)
            .any(|e| EXTENSIONS.contains(&e.trim()))
    };
    (layer(name) || layer(declared_name)).then_some(BlockReason::Extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_the_type() {
        for (bytes, kind) in [
            (&b"%PDF-1.7"[..], Some("application/pdf")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"\0\0\0\x18ftypheic", Some("image/heic")),
            (b"  <SVG onload=x>", Some("image/svg+xml")),
            (b"<!DOCTYPE HTML><p>", Some("text/html")),
            (b"MZ is the start of a sentence", None),
            (b"a,b,c\n1,2,3", None),
            (b"", None),
        ] {
            assert_eq!(sniff(bytes), kind, "{bytes:?}");
        }
        assert_eq!(
            sniff(&[b"MZ".as_slice(), &[0; 70]].concat()),
            Some("application/x-msdownload")
        );
    }

    #[test]
    fn every_layer_of_a_name_counts() {
        for name in ["a.exe", "a.pdf.EXE", "a.js.txt", "a.exe .pdf"] {
            assert_eq!(blocked(name, "", None), Some(BlockReason::Extension), "{name}");
        }
        assert_eq!(blocked("a.pdf", "a.scr", None), Some(BlockReason::Extension));
        assert_eq!(
            blocked("a.pdf", "a.pdf", Some("application/x-executable")),
            Some(BlockReason::Program)
        );
        assert_eq!(blocked("exe", "exe", Some("application/pdf")), None);
    }
}
