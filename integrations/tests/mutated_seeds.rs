//! What the fuzz target does, on the stable toolchain and in a few seconds: every seed, cut, flipped and spliced.

#[path = "common/exercise.rs"]
mod exercise;
#[path = "common/seeds.rs"]
mod seeds;

use std::time::Duration;

use cpu_time::ThreadTime;

use exercise::exercise;
use seeds::seeds;

/// A small generator of numbers (xorshift): the same mutations in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 as usize) % limit.max(1)
    }
}

/// Pieces that mean something to a mail reader.
const PIECES: [&[u8]; 24] = [
    b"\r\n\r\n",
    b"\r\n",
    b"--",
    b"\0",
    b"=?utf-8?b?",
    b"?=",
    b"boundary=",
    b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"filename*0*=",
    b"<t.",
    b"[cm:",
    b"[#1-",
    b"<",
    b"From: ",
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b"(((((((",
    b"\"",
    b";;;;",
    b"charset=utf-7",
    b"&nbsp;",
    b"<script>",
];

fn mutate(raw: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(raw.len() + 1);
        match numbers.below(6) {
            0 => raw.truncate(at),
            1 => raw
                .splice(at..at, PIECES[numbers.below(PIECES.len())].iter().copied())
                .for_each(drop),
            2 => {
                let end = (at + numbers.below(200)).min(raw.len());
                raw.drain(at..end);
            }
            3 => {
                let from = numbers.below(other.len());
                raw.splice(at..at, other[from..].iter().take(500).copied())
                    .for_each(drop);
            }
            4 => {
                let end = (at + numbers.below(100)).min(raw.len());
                let copy = raw[at..end].to_vec();
                raw.splice(at..at, copy.repeat(numbers.below(20))).for_each(drop);
            }
            _ => {
                if let Some(byte) = raw.get_mut(at) {
                    *byte = numbers.below(256) as u8;
                }
            }
        }
    }
}

#[test]
fn mutated_mails_never_break_a_promise() {
    let seeds = seeds();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut slowest = Duration::ZERO;
    for round in 0..60 {
        for (name, seed) in &seeds {
            let mut raw = seed.clone();
            let other = seeds[numbers.below(seeds.len())].1.clone();
            mutate(&mut raw, &other, &mut numbers);
            let start = ThreadTime::now();
            exercise(&raw);
            slowest = slowest.max(start.elapsed());
            assert!(
                start.elapsed() < Duration::from_secs(2),
                "{name}, round {round}, {} bytes",
                raw.len()
            );
        }
    }
    eprintln!("{} mutated mails, the slowest took {slowest:?}", seeds.len() * 60);
}
