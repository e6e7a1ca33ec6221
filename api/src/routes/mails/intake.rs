//! Reading a posted mail without holding more of it than is kept: one above the limit is counted and checked to its end,
//! but only its header section stays.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    http::StatusCode,
};
use bytes::Bytes;
use domain::mail::limits::MailLimits;
use futures::StreamExt;

use crate::{
    extract::{BodyLimit, too_large},
    problem::Problem,
};

/// Longest body that is read to its end, in bytes. A provider that gets its 413 knows that the mail was not taken.
pub(crate) const CEILING: usize = 160 << 20;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(120);

/// A posted mail.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Posted {
    /// The message, or its header section alone.
    pub(super) raw: Bytes,
    /// Size of the whole message, when only its header section was kept.
    pub(super) full_size: Option<u64>,
}

/// A body that is being read.
pub(super) struct Intake {
    stream: BodyDataStream,
    limits: MailLimits,
    /// What was kept so far: everything, or the header section once the limit was passed.
    kept: Vec<u8>,
    size: usize,
    cut: bool,
    ended: bool,
    deadline: tokio::time::Instant,
}

impl Intake {
    pub(super) fn new(body: Body, limits: MailLimits) -> Self {
        Self {
            stream: body.into_data_stream(),
            limits,
            kept: Vec::new(),
            size: 0,
            cut: false,
            ended: false,
            deadline: tokio::time::Instant::now() + PATIENCE,
        }
    }

    /// Reads until the header section is there, and returns what there is.
    pub(super) async fn header(&mut self) -> Result<&[u8], Problem> {
        while !self.ended
            && self.limits.header_of(&self.kept).len() == self.kept.len()
            && self.kept.len() < self.limits.header
        {
            self.next().await?;
        }
        Ok(&self.kept)
    }

    /// Reads the rest; `each` sees every byte of the body once, in order.
    pub(super) async fn finish(mut self, mut each: impl FnMut(&[u8])) -> Result<Posted, Problem> {
        // What `header` read is seen before anything of it is dropped: a signature covers every byte.
        each(&self.kept);
        self.cut();
        while let Some(chunk) = self.next().await? {
            each(&chunk);
            self.cut();
        }
        Ok(Posted {
            raw: self.kept.into(),
            full_size: self.cut.then(|| u64::try_from(self.size).unwrap_or(u64::MAX)),
        })
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let chunk = tokio::time::timeout_at(self.deadline, self.stream.next())
            .await
            .map_err(|_| {
                Problem::new(
                    StatusCode::REQUEST_TIMEOUT,
                    "slow_body",
                    "The body took too long to arrive.",
                )
            })?;
        let chunk = match chunk {
            None => {
                self.ended = true;
                return Ok(None);
            }
            Some(chunk) => {
                chunk.map_err(|_| Problem::bad_request("broken_body", "The body did not arrive in full."))?
            }
        };
        let within = self.size <= self.limits.message;
        self.size = self.size.saturating_add(chunk.len());
        if self.size > CEILING {
            return Err(too_large(BodyLimit(CEILING)));
        }
        if within {
            self.kept.extend_from_slice(&chunk);
        }
        Ok(Some(chunk))
    }

    /// Drops all but the header section once the limit was passed.
    fn cut(&mut self) {
        if self.size > self.limits.message && !self.cut {
            self.cut = true;
            let header = self.limits.header_of(&self.kept).len();
            self.kept.truncate(header);
            self.kept.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    fn intake(chunks: &[&'static [u8]], message: usize, header: usize) -> Intake {
        let limits = MailLimits {
            message,
            header,
            ..MailLimits::default()
        };
        let chunks: Vec<Result<Bytes, std::io::Error>> = chunks.iter().map(|c| Ok(Bytes::from_static(c))).collect();
        Intake::new(Body::from_stream(stream::iter(chunks)), limits)
    }

    async fn posted(mut intake: Intake) -> (Posted, Vec<u8>) {
        intake.header().await.unwrap();
        let mut seen = Vec::new();
        let posted = intake.finish(|bytes| seen.extend_from_slice(bytes)).await.unwrap();
        (posted, seen)
    }

    #[tokio::test]
    async fn a_mail_within_the_limit_is_kept_whole() {
        let (posted, seen) = posted(intake(&[b"A: b\r\n", b"\r\nbo", b"dy"], 12, 100)).await;
        assert_eq!((&posted.raw[..], posted.full_size), (&b"A: b\r\n\r\nbody"[..], None));
        assert_eq!(seen, b"A: b\r\n\r\nbody");
    }

    #[tokio::test]
    async fn of_a_larger_one_the_header_stays_and_every_byte_is_seen() {
        for chunks in [
            &[&b"A: b\r\n"[..], b"\r\nbo", b"dy and", b" more"][..],
            &[b"A: b\r\n\r\nbody and more"],
            &[b"A: b", b"\r", b"\n\r\nbody and more"],
        ] {
            let (posted, seen) = posted(intake(chunks, 11, 100)).await;
            assert_eq!((&posted.raw[..], posted.full_size), (&b"A: b\r\n\r\n"[..], Some(21)));
            assert_eq!(seen, b"A: b\r\n\r\nbody and more");
        }
    }

    #[tokio::test]
    async fn a_header_without_end_is_cut_as_well() {
        let (posted, seen) = posted(intake(&[b"AAAAAAAA", b"AAAAAAAA", b"AAAAAAAA"], 12, 10)).await;
        assert_eq!((posted.raw.len(), posted.full_size, seen.len()), (10, Some(24), 24));
    }

    #[tokio::test]
    async fn an_endless_body_is_refused() {
        static PIECE: [u8; 1 << 20] = [b'x'; 1 << 20];
        let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&PIECE)));
        let intake = Intake::new(Body::from_stream(endless), MailLimits::default());
        let problem = intake.finish(|_| {}).await.unwrap_err();
        assert_eq!(problem.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}
