//! Any bytes as a mail, with every promise checked. The seeds are the mails of the corpus:
//! `cargo +nightly fuzz run parse_mail integrations/tests/fixtures/mail` (with cargo-fuzz installed).
#![no_main]

#[path = "../../integrations/tests/common/exercise.rs"]
mod exercise;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    exercise::exercise(raw);
});
