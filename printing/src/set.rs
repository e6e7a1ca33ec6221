//! Text into lines of placed glyphs: order by the bidirectional algorithm (UAX #9), forms and joins by shaping, lines by width.

use std::{collections::BTreeMap, ops::Range};

use harfrust::{Buffer, BufferFlags, ClusterLevel, Direction, ShapeOptions, ShaperFont, shape};
use unicode_bidi::{BidiInfo, Level, get_base_direction};

use crate::{
    Error,
    face::{Face, Fonts},
};

/// A glyph on a line; places are in the units of its face, from the line's left end and its base line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glyph {
    /// Number in the whole face.
    pub(crate) id: u16,
    pub(crate) x: i32,
    pub(crate) y: i32,
}

/// A line, as it is seen from left to right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) glyphs: Vec<Glyph>,
    /// In the units of the face.
    pub(crate) width: i32,
    /// It belongs to text that is read from right to left.
    pub(crate) rtl: bool,
}

/// What glyphs say, by face and number.
pub(crate) type Used = BTreeMap<(Face, u16), String>;

/// Sets text, and remembers which glyphs it took and what they say.
pub(crate) struct Setter<'a> {
    regular: ShaperFont<'a, 'a>,
    bold: ShaperFont<'a, 'a>,
    used: Used,
}

impl<'a> Setter<'a> {
    pub(crate) fn new(fonts: &'a Fonts) -> Self {
        Self {
            regular: ShaperFont::new(&fonts.regular),
            bold: ShaperFont::new(&fonts.bold),
            used: Used::new(),
        }
    }

    pub(crate) fn into_used(self) -> Used {
        self.used
    }

    const fn font(&self, face: Face) -> &ShaperFont<'a, 'a> {
        match face {
            Face::Regular => &self.regular,
            Face::Bold => &self.bold,
        }
    }

    /// Units of an em.
    pub(crate) fn em(&self, face: Face) -> f32 {
        f32::from(self.font(face).units_per_em().max(1))
    }

    /// Lines of one paragraph, none wider than `width` units. Its direction is that of its first letter, or `rtl` when it has none.
    pub(crate) fn lines(&mut self, face: Face, text: &str, width: i32, rtl: bool) -> Result<Vec<Line>, Error> {
        let text = plain(text);
        let own = match get_base_direction(text.as_str()) {
            unicode_bidi::Direction::Mixed => rtl,
            direction => direction == unicode_bidi::Direction::Rtl,
        };
        let level = if own { Level::rtl() } else { Level::ltr() };
        let bidi = BidiInfo::new(&text, Some(level));
        let Some(paragraph) = bidi.paragraphs.first() else {
            return Ok(vec![Line {
                rtl: own,
                ..Line::default()
            }]);
        };
        let widths = self.widths(face, &text, &bidi.levels)?;
        let mut lines = Vec::new();
        for range in breaks(&text, &widths, width) {
            let mut line = Line {
                rtl: own,
                ..Line::default()
            };
            if !range.is_empty() {
                let (levels, runs) = bidi.visual_runs(paragraph, range);
                for run in runs {
                    let backwards = levels[run.start].is_rtl();
                    self.place(face, &text[run], backwards, &mut line)?;
                }
            }
            lines.push(line);
        }
        Ok(lines)
    }

    /// How far each character moves on, by the byte it begins at.
    fn widths(&self, face: Face, text: &str, levels: &[Level]) -> Result<Vec<i32>, Error> {
        let mut widths = vec![0; text.len()];
        let mut start = 0;
        while start < text.len() {
            let end = (start..text.len())
                .find(|at| levels[*at] != levels[start])
                .unwrap_or(text.len());
            let shaped = shaped(self.font(face), &text[start..end], levels[start].is_rtl())?;
            for (info, place) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
                if let Some(width) = widths.get_mut(start + info.cluster as usize) {
                    *width += place.x_advance;
                }
            }
            start = end;
        }
        Ok(widths)
    }

    /// Puts a run of one direction at the end of what is seen of a line so far.
    fn place(&mut self, face: Face, run: &str, rtl: bool, line: &mut Line) -> Result<(), Error> {
        let shaped = shaped(self.font(face), run, rtl)?;
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let mut before = None;
        for (info, place) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let id = u16::try_from(info.glyph_id).unwrap_or(0);
            let cluster = info.cluster as usize;
            // What several glyphs say together, the first of them says.
            let says = if before == Some(cluster) {
                String::new()
            } else {
                let next = starts.partition_point(|start| *start <= cluster);
                let end = starts.get(next).copied().unwrap_or(run.len());
                said(run.get(cluster..end).unwrap_or_default(), rtl, id)
            };
            before = Some(cluster);
            let known = self.used.entry((face, id)).or_default();
            if known.is_empty() {
                *known = says;
            }
            line.glyphs.push(Glyph {
                id,
                x: line.width + place.x_offset,
                y: place.y_offset,
            });
            line.width += place.x_advance;
        }
        Ok(())
    }
}

fn shaped(font: &ShaperFont<'_, '_>, run: &str, rtl: bool) -> Result<Buffer, Error> {
    let mut buffer = Buffer::new();
    buffer.push_str(run);
    buffer.set_direction(if rtl {
        Direction::RightToLeft
    } else {
        Direction::LeftToRight
    });
    buffer.set_cluster_level(ClusterLevel::MonotoneCharacters);
    buffer.set_flags(BufferFlags::REMOVE_DEFAULT_IGNORABLES);
    buffer.guess_segment_properties();
    shape(font, &mut buffer, ShapeOptions::new()).map_err(|error| Error::Shape(format!("{error:?}")))?;
    Ok(buffer)
}

/// One paragraph without what no page can show: control characters go, tabs become blanks.
fn plain(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\t' | '\u{2028}' | '\u{2029}' | '\u{85}' | '\n' | '\r' => Some(' '),
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

/// Characters that only say how others are shown.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}')
}

/// What a glyph says to somebody who copies it. A glyph that is seen mirrored is the other bracket.
fn said(text: &str, rtl: bool, id: u16) -> String {
    if id == 0 {
        return '\u{fffd}'.to_string();
    }
    let seen: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    if !rtl {
        return seen;
    }
    seen.chars()
        .map(|c| match c {
            '(' => ')',
            ')' => '(',
            '[' => ']',
            ']' => '[',
            '{' => '}',
            '}' => '{',
            '<' => '>',
            '>' => '<',
            '«' => '»',
            '»' => '«',
            '‹' => '›',
            '›' => '‹',
            c => c,
        })
        .collect()
}

/// Where lines begin and end: at blanks, and within a word that is wider than a line. Blanks at the end of a line are not seen.
fn breaks(text: &str, widths: &[i32], most: i32) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let (mut start, mut blank, mut width) = (0, 0, 0);
    for (at, c) in text.char_indices() {
        let own = widths[at];
        if c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}') {
            blank = at + c.len_utf8();
        } else if own > 0 && width + own > most && at > start {
            let end = if blank > start { blank } else { at };
            lines.push(start..end);
            start = end;
            width = widths[start..at].iter().sum();
        }
        width += own;
    }
    if start < text.len() || lines.is_empty() {
        lines.push(start..text.len());
    }
    lines
        .into_iter()
        .map(|line| line.start..line.start + text[line].trim_end().len())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, most: i32) -> Vec<&str> {
        let widths: Vec<i32> = (0..text.len()).map(|at| i32::from(text.is_char_boundary(at))).collect();
        breaks(text, &widths, most)
            .into_iter()
            .map(|line| &text[line])
            .collect()
    }

    #[test]
    fn lines_break_at_blanks_and_words_wider_than_a_line_where_they_must() {
        assert_eq!(cut("one two three", 7), ["one two", "three"]);
        assert_eq!(cut("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(cut("a  b", 1), ["a", "b"]);
        assert_eq!(cut("", 5), [""]);
        assert_eq!(cut("é\u{a0}è à", 3), ["é\u{a0}è", "à"]);
    }

    #[test]
    fn no_line_is_wider_than_it_may_be_and_right_to_left_text_says_so() {
        let fonts = Fonts::new().unwrap();
        let mut setter = Setter::new(&fonts);
        let em = setter.em(Face::Regular);
        let width = (em * 20.0) as i32;
        let text = "كتب العميل رسالة طويلة عن الخادم cm-ftth-42 وعن الفاتورة رقم 2026/17 وطلب جوابا سريعا من الدعم. "
            .repeat(5);
        let lines = setter.lines(Face::Regular, &text, width, false).unwrap();
        assert!(lines.len() > 5);
        assert!(
            lines
                .iter()
                .all(|line| line.rtl && line.width <= width && line.width > 0)
        );
        let word = setter.lines(Face::Regular, &"w".repeat(300), width, true).unwrap();
        assert!(word.len() > 5 && word.iter().all(|line| !line.rtl && line.width <= width));
    }

    #[test]
    fn arabic_letters_join() {
        let fonts = Fonts::new().unwrap();
        let mut setter = Setter::new(&fonts);
        let mut ids = |text: &str| -> Vec<u16> {
            setter.lines(Face::Regular, text, i32::MAX, true).unwrap()[0]
                .glyphs
                .iter()
                .map(|glyph| glyph.id)
                .collect()
        };
        let (alone, joined, ligature) = (ids("ب"), ids("ببب"), ids("لا"));
        assert_eq!((joined.len(), ligature.len()), (3, 1));
        // Final, medial and initial form, as seen from the left: none is the isolated one.
        assert!(!joined.contains(&alone[0]));
        assert!(joined[0] != joined[1] && joined[1] != joined[2]);
        assert!(ids("نص\u{0000}\u{fffe}").iter().all(|id| *id != u16::MAX));
    }
}
