//! The SQLSTATE of an error, which says whether a repeat makes sense in every language the server may speak.
//!
//! diesel-async drops it: of all that the server sends with an error only texts and names remain, and one kind `Unknown` for
//! deadlocks, shutdowns and defects alike. But an error of the protocol carries a field that diesel ignores and that is exactly as
//! long as an SQLSTATE: the untranslated severity (`ERROR`, `FATAL` or `PANIC`). While the message is read, this field becomes
//! a column's name whose text is the SQLSTATE. Where the server names a column itself, that comes later and wins; such errors
//! have a kind of their own.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes before each message: its kind, and its length without the kind.
const HEAD: usize = 5;

/// `disk_full` (PostgreSQL, appendix A).
pub(crate) const DISK_FULL: &str = "53100";

/// Whether the same statement may succeed later without any change.
pub(crate) fn is_transient(kind: &DatabaseErrorKind, info: &dyn DatabaseErrorInformation) -> bool {
    match kind {
        // The server answers no more, or a standby has not become the leader yet.
        DatabaseErrorKind::SerializationFailure
        | DatabaseErrorKind::ClosedConnection
        | DatabaseErrorKind::UnableToSendCommand
        | DatabaseErrorKind::ReadOnlyTransaction => true,
        DatabaseErrorKind::Unknown => code(info).is_some_and(passes),
        _ => false,
    }
}

/// The SQLSTATE that was put there.
pub(crate) fn code(info: &dyn DatabaseErrorInformation) -> Option<&str> {
    info.column_name().filter(|text| is_code(text.as_bytes()))
}

/// Conditions that pass (PostgreSQL, appendix A): broken connections, rolled-back transactions such as deadlocks, lack of
/// resources, a lock not to be had, an object in use, intervention of the operator, failures of the system.
fn passes(code: &str) -> bool {
    matches!(code.get(..2), Some("08" | "40" | "53" | "57" | "58")) || matches!(code, "25P03" | "55006" | "55P03")
}

fn is_code(text: &[u8]) -> bool {
    text.len() == 5 && text.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// A connection to the server whose error messages are labelled as they are read.
pub(crate) struct Labelled<S> {
    inner: S,
    messages: Messages,
}

impl<S> Labelled<S> {
    pub(crate) fn new(inner: S) -> Self {
        Self {
            inner,
            messages: Messages::default(),
        }
    }
}

/// Where in the stream of messages we are.
#[derive(Default)]
struct Messages {
    head: [u8; HEAD],
    /// Bytes of the head that were read.
    have: usize,
    /// Bytes of the present message that are still to come.
    rest: usize,
}

impl Messages {
    /// Goes over bytes as they arrive. An error whose first fields are torn apart keeps no label.
    fn pass(&mut self, mut bytes: &mut [u8]) {
        while !bytes.is_empty() {
            if self.rest > 0 {
                let here = self.rest.min(bytes.len());
                self.rest -= here;
                bytes = &mut bytes[here..];
                continue;
            }
            let here = (HEAD - self.have).min(bytes.len());
            self.head[self.have..self.have + here].copy_from_slice(&bytes[..here]);
            self.have += here;
            bytes = &mut bytes[here..];
            if self.have == HEAD {
                self.have = 0;
                let [kind, length @ ..] = self.head;
                // The length counts its own four bytes.
                self.rest = (u32::from_be_bytes(length) as usize).saturating_sub(4);
                if kind == b'E' {
                    let body = self.rest.min(bytes.len());
                    label(&mut bytes[..body]);
                }
            }
        }
    }
}

/// Fields are a letter and a text that ends with a zero byte.
fn label(body: &mut [u8]) {
    let (mut severity, mut code) = (None, None);
    let mut at = 0;
    while let Some(kind) = body.get(at).copied().filter(|kind| *kind != 0) {
        let Some(length) = body[at + 1..].iter().position(|b| *b == 0) else {
            break;
        };
        let text = &body[at + 1..at + 1 + length];
        match (kind, text) {
            (b'V', [_, _, _, _, _]) => severity = Some(at),
            (b'C', [a, b, c, d, e]) if is_code(text) => code = Some([*a, *b, *c, *d, *e]),
            _ => {}
        }
        at += length + 2;
    }
    if let (Some(at), Some(code)) = (severity, code) {
        body[at] = b'c';
        body[at + 1..at + 6].copy_from_slice(&code);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Labelled<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        self.messages.pass(&mut buf.filled_mut()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Labelled<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap();
        [&[kind], length.to_be_bytes().as_slice(), body].concat()
    }

    fn read_in_pieces(stream: &[u8], size: usize) -> Vec<u8> {
        let mut messages = Messages::default();
        let mut bytes = stream.to_vec();
        bytes.chunks_mut(size).for_each(|piece| messages.pass(piece));
        bytes
    }

    #[test]
    fn errors_are_labelled_and_nothing_else_is_touched() {
        let row = message(b'D', b"SERROR\0VERROR\0C40P01\0\0");
        let error = message(b'E', b"SERREUR\0VERROR\0C40P01\0Minterblocage\0\0");
        let expected = message(b'E', b"SERREUR\0c40P01\0C40P01\0Minterblocage\0\0");
        let stream = [&row[..], &error, &row, &error].concat();
        let labelled = [&row[..], &expected, &row, &expected].concat();
        assert_eq!(read_in_pieces(&stream, stream.len()), labelled);
        // Torn in whatever way, each error is either whole or as it was.
        for size in 1..stream.len() {
            let read = read_in_pieces(&stream, size);
            for (at, message) in [(0, &row), (row.len() + error.len(), &row)] {
                assert_eq!(&read[at..at + message.len()], message.as_slice());
            }
            for at in [row.len(), 2 * row.len() + error.len()] {
                let found = &read[at..at + error.len()];
                assert!(found == error || found == expected, "pieces of {size}");
            }
        }
    }

    #[test]
    fn other_forms_are_left_alone() {
        for body in [
            &b""[..],
            b"\0",
            b"V",
            b"VERROR",
            b"VERROR\0C4\0\0",
            b"VWARNING\0C40P01\0\0",
            b"C40P01\0\0",
        ] {
            let stream = message(b'E', body);
            assert_eq!(read_in_pieces(&stream, stream.len()), stream);
        }
    }

    #[test]
    fn conditions_that_pass_are_told_from_defects() {
        for code in ["40P01", "40001", "57P01", "57014", "53300", "08006", "55P03", "25P03"] {
            assert!(passes(code), "{code}");
        }
        for code in ["42703", "22021", "23514", "P0001", "25P02", "XX000", "0A000"] {
            assert!(!passes(code), "{code}");
        }
    }
}
