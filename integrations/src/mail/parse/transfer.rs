//! Content-Transfer-Encoding, read with mercy: broken base64 and quoted-printable give what can be had of them.

/// Decodes a body; the flag says that something was wrong with it.
pub(crate) fn decode(body: &[u8], encoding: &str) -> (Vec<u8>, bool) {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => base64(body),
        "quoted-printable" => quoted_printable(body),
        _ => (body.to_vec(), false),
    }
}

fn base64(body: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(body.len() / 4 * 3);
    let (mut bits, mut count, mut broken) = (0u32, 0u8, false);
    for byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                // Some programs encode pieces one by one and join them, each with its own padding.
                flush(&mut out, &mut bits, &mut count);
                continue;
            }
            b'\r' | b'\n' | b' ' | b'\t' => continue,
            _ => {
                broken = true;
                continue;
            }
        };
        bits = (bits << 6) | u32::from(value);
        count += 1;
        if count == 4 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    broken |= count == 1;
    flush(&mut out, &mut bits, &mut count);
    (out, broken)
}

/// Writes the one or two bytes of an unfinished group of four characters.
fn flush(out: &mut Vec<u8>, bits: &mut u32, count: &mut u8) {
    let shifted = (*bits << (6 * (4 - u32::from(*count)).min(4))).to_be_bytes();
    match *count {
        2 => out.extend_from_slice(&shifted[1..2]),
        3 => out.extend_from_slice(&shifted[1..3]),
        _ => {}
    }
    (*bits, *count) = (0, 0);
}

fn quoted_printable(body: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(body.len());
    let mut broken = false;
    let hex = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    let mut rest = body;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        if *byte != b'=' {
            out.push(*byte);
            continue;
        }
        // "=" with nothing but spaces up to the line end joins two lines.
        let blanks = tail.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        match (&tail[blanks..], tail) {
            ([b'\r', b'\n', after @ ..] | [b'\n', after @ ..], _) => rest = after,
            ([], _) => rest = &[],
            (_, [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                _ => {
                    broken = true;
                    out.push(b'=');
                }
            },
            _ => {
                broken = true;
                out.push(b'=');
            }
        }
    }
    (out, broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn base64_with_every_kind_of_damage() {
        for (input, output, broken) in [
            ("aGVsbG8=", "hello", false),
            ("aGVs\r\nbG8", "hello", false),
            ("aGVsbG8=aGVsbG8=", "hellohello", false),
            ("aG!Vs*bG8=", "hello", true),
            ("", "", false),
            ("====", "", false),
            ("a", "", true),
        ] {
            assert_eq!(
                decode(input.as_bytes(), " Base64 "),
                (output.as_bytes().to_vec(), broken),
                "{input}"
            );
        }
    }

    #[test]
    fn quoted_printable_with_every_kind_of_damage() {
        for (input, output, broken) in [
            ("caf=C3=A9", "café", false),
            ("a=\r\nb=\nc= \t\r\nd", "abcd", false),
            ("a=ZZ=4", "a=ZZ=4", true),
            ("a=", "a", false),
            ("=e9".replace("e9", "41").as_str(), "A", false),
        ] {
            assert_eq!(
                decode(input.as_bytes(), "quoted-printable"),
                (output.as_bytes().to_vec(), broken),
                "{input}"
            );
        }
    }

    proptest! {
        #[test]
        fn base64_round_trips(bytes: Vec<u8>) {
            let text = data_encoding::BASE64_MIME.encode(&bytes);
            prop_assert_eq!(decode(text.as_bytes(), "base64"), (bytes, false));
        }

        #[test]
        fn any_bytes_decode(bytes: Vec<u8>) {
            prop_assert!(decode(&bytes, "base64").0.len() <= bytes.len());
            prop_assert!(decode(&bytes, "quoted-printable").0.len() <= bytes.len());
        }
    }
}
