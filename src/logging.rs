//! What the log looks like: every event is one line, whatever people wrote into what it says.

use std::{
    borrow::Cow,
    fmt::{self, Debug},
};

use tracing::{Subscriber, field::Field};
use tracing_subscriber::{
    Layer,
    field::MakeExt,
    fmt::{
        MakeWriter,
        format::{Writer, debug_fn},
    },
    registry::LookupSpan,
};

/// The layer that writes events: objects of JSON, whose strings cannot end a line, or lines for people.
pub fn output<S, W>(json: bool, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    if json {
        layer.json().boxed()
    } else {
        layer.fmt_fields(debug_fn(field).delimited(" ")).compact().boxed()
    }
}

/// A field of an event or a span, for people.
fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> fmt::Result {
    let text = format!("{value:?}");
    match field.name() {
        "message" => writer.write_str(&plain(&text)),
        name => write!(writer, "{name}={}", plain(&text)),
    }
}

/// The text with escapes for all that ends a line, steers a terminal, or turns the direction of what follows: a name, an address or the
/// answer of a server is never a line of its own, nor does it hide one.
fn plain(text: &str) -> Cow<'_, str> {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if steers(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// What somebody sends as his browser, his address or his name.
    const EVIL: &str =
        "Mozilla\n2026-01-01T00:00:00Z ERROR all is lost\r\u{1b}[2J\u{8}x\u{85}\u{2028}\u{202e}y é \"z\"";

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(json: bool) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber = tracing_subscriber::registry().with(output(json, move || writer.clone()));
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("request", agent = %EVIL, path = EVIL, late = tracing::field::Empty);
            span.record("late", tracing::field::display(EVIL));
            let _inside = span.enter();
            tracing::warn!(email = %EVIL, error = ?EVIL, "refused: {EVIL}");
            tracing::info!("next");
        });
        let bytes = kept.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn whatever_people_write_is_no_line_of_its_own() {
        for json in [false, true] {
            let text = logged(json);
            let lines: Vec<&str> = text.split('\n').collect();
            assert_eq!(lines.len(), 3, "two events and the end: {text}");
            assert_eq!(lines[2], "");
            assert!(lines[0].contains("refused: Mozilla"), "{text}");
            assert!(lines[1].contains("next"), "{text}");
            assert!(!text.contains("\u{1b}[2J") && !text.contains(['\r', '\u{8}']), "{text}");
        }
    }

    #[test]
    fn lines_for_people_hide_nothing() {
        let text = logged(false);
        assert!(!text.contains(['\u{85}', '\u{2028}', '\u{202e}']), "{text}");
        assert!(
            text.contains("email=Mozilla\\n2026") && text.contains(" é \"z\""),
            "{text}"
        );
        assert_eq!(plain("Zoë <a@b.dz>"), "Zoë <a@b.dz>");
    }

    #[test]
    fn json_says_what_was_said() {
        let text = logged(true);
        let event: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(event["level"], "WARN");
        assert_eq!(event["fields"]["email"], EVIL);
        assert_eq!(event["fields"]["message"], format!("refused: {EVIL}"));
        assert_eq!(event["span"]["agent"], EVIL);
    }
}
