//! The mails of the corpus.
#![expect(clippy::expect_used, reason = "test support: a missing fixture is a panic")]

/// The seed mails with their names.
pub fn seeds() -> Vec<(String, Vec<u8>)> {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mail");
    let mut found: Vec<(String, Vec<u8>)> = std::fs::read_dir(directory)
        .expect("fixtures exist")
        .map(|entry| entry.expect("readable").path())
        .map(|path| {
            (
                path.file_stem().expect("named").to_string_lossy().into_owned(),
                std::fs::read(&path).expect("readable"),
            )
        })
        .collect();
    found.sort();
    found
}
