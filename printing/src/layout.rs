//! A document on pages of A4: heading and facts, then what was said, one after the other. Which side a line begins at follows from the
//! language of the document, and for what people wrote from their own first letter.

use domain::paper::{Entry, Paper, ltr};

use crate::{
    Error,
    face::Face,
    set::{Line, Setter},
};

/// Width and height of a page, in points.
pub(crate) const A4: (f32, f32) = (595.28, 841.89);
const SIDE: f32 = 52.0;
const TOP: f32 = 52.0;
const BOTTOM: f32 = 60.0;
/// Where the foot stands, from the page's lower end.
const FOOT: f32 = 34.0;
/// Width of what says which fact it is.
const LABEL: f32 = 120.0;
/// What is between a mark at the edge and the text beside it.
const BAR: f32 = 9.0;

/// Red, green and blue, from 0 to 1.
pub(crate) type Colour = [f32; 3];
const INK: Colour = [0.1, 0.11, 0.13];
const GREY: Colour = [0.38, 0.4, 0.44];
const RULE: Colour = [0.82, 0.84, 0.87];
const AMBER: Colour = [0.65, 0.4, 0.02];

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) texts: Vec<Text>,
    pub(crate) boxes: Vec<Filled>,
}

/// A line of text at its place: from the page's left and upper end, in points, to its base line.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) style: Style,
    pub(crate) line: Line,
}

/// A rectangle that is filled.
#[derive(Debug)]
pub(crate) struct Filled {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) colour: Colour,
}

/// How text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) face: Face,
    /// Size in points.
    pub(crate) size: f32,
    /// From one base line to the next, in points.
    leading: f32,
    pub(crate) colour: Colour,
}

const fn style(face: Face, size: f32, leading: f32, colour: Colour) -> Style {
    Style {
        face,
        size,
        leading,
        colour,
    }
}

const ABOVE: Style = style(Face::Regular, 9.5, 14.0, GREY);
const HEADING: Style = style(Face::Bold, 15.0, 21.0, INK);
const FACT: Style = style(Face::Regular, 9.5, 14.0, INK);
const FACT_NAME: Style = style(Face::Regular, 9.5, 14.0, GREY);
const BY: Style = style(Face::Bold, 10.0, 15.0, INK);
const AT: Style = style(Face::Regular, 8.5, 15.0, GREY);
const MARK: Style = style(Face::Bold, 8.5, 13.0, AMBER);
const BODY: Style = style(Face::Regular, 10.0, 14.5, INK);
const SMALL: Style = style(Face::Regular, 8.5, 13.0, GREY);

/// What came of it.
pub(crate) struct Laid {
    pub(crate) pages: Vec<Page>,
    pub(crate) left_out: u64,
}

/// Lays a document out.
pub(crate) fn lay(paper: &Paper, setter: &mut Setter<'_>, most: usize) -> Result<Laid, Error> {
    let mut sheet = Sheet {
        setter,
        rtl: paper.locale.is_rtl(),
        pages: vec![Page::default()],
        y: TOP,
        bar: None,
    };
    sheet.head(paper)?;
    let mut printed = 0;
    for entry in &paper.entries {
        if sheet.pages.len() > most || (sheet.pages.len() == most && !sheet.has_room(3.0 * BODY.leading)) {
            break;
        }
        sheet.entry(entry)?;
        printed += 1;
    }
    let waiting = u64::try_from(paper.entries.len() - printed).unwrap_or(u64::MAX);
    let left_out = paper.unread.saturating_add(waiting);
    if left_out > 0 {
        sheet.gap(14.0);
        sheet.paragraphs(&(paper.left_out)(paper.locale, left_out), MARK, Side::Page)?;
    }
    sheet.feet(&paper.foot)?;
    Ok(Laid {
        pages: sheet.pages,
        left_out,
    })
}

/// Which side lines begin at.
#[derive(Clone, Copy)]
enum Side {
    /// That of the page.
    Page,
    /// That of the text itself.
    Own,
}

struct Sheet<'a, 'b> {
    setter: &'a mut Setter<'b>,
    rtl: bool,
    pages: Vec<Page>,
    /// What of the present page is written, from its upper end.
    y: f32,
    /// A mark along the edge of what is written.
    bar: Option<Colour>,
}

impl Sheet<'_, '_> {
    fn head(&mut self, paper: &Paper) -> Result<(), Error> {
        self.paragraphs(&paper.above, ABOVE, Side::Page)?;
        self.gap(3.0);
        self.paragraphs(&paper.heading, HEADING, Side::Page)?;
        self.gap(8.0);
        for (name, value) in &paper.facts {
            self.fact(name, value)?;
        }
        self.gap(10.0);
        self.rule();
        Ok(())
    }

    fn fact(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let names = self.set(name, FACT_NAME, LABEL - 8.0)?;
        let values = self.set(value, FACT, column() - LABEL)?;
        let rows = names.len().max(values.len());
        let (mut names, mut values) = (names.into_iter(), values.into_iter());
        for _ in 0..rows {
            let y = self.next(FACT.leading);
            if let Some(line) = names.next() {
                self.put(line, FACT_NAME, y, (SIDE, A4.0 - SIDE), self.rtl);
            }
            if let Some(line) = values.next() {
                let within = if self.rtl {
                    (SIDE, A4.0 - SIDE - LABEL)
                } else {
                    (SIDE + LABEL, A4.0 - SIDE)
                };
                self.put(line, FACT, y, within, self.rtl);
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), Error> {
        self.gap(16.0);
        if !self.has_room(BY.leading + 2.0 * BODY.leading) {
            self.turn();
        }
        self.bar = entry.mark.as_ref().map(|_| AMBER);
        let at = self.set(&entry.at, AT, column())?;
        let taken = at.first().map_or(0.0, |line| self.points(line, AT)) + 16.0;
        let by = self.set(&entry.by, BY, (column() - taken - BAR).max(120.0))?;
        let mut at = at.into_iter();
        for line in by {
            let y = self.next(BY.leading);
            self.put(line, BY, y, self.within(), self.rtl);
            if let Some(line) = at.next() {
                self.put(line, AT, y, self.within(), !self.rtl);
            }
        }
        if let Some(mark) = &entry.mark {
            self.paragraphs(mark, MARK, Side::Page)?;
        }
        self.gap(2.0);
        self.paragraphs(&entry.text, BODY, Side::Own)?;
        if let Some(cut) = &entry.cut {
            self.paragraphs(cut, SMALL, Side::Page)?;
        }
        if !entry.files.is_empty() {
            self.gap(4.0);
        }
        for file in &entry.files {
            self.paragraphs(file, SMALL, Side::Page)?;
        }
        self.bar = None;
        Ok(())
    }

    /// Numbers the pages, once it is known how many there are.
    fn feet(&mut self, foot: &str) -> Result<(), Error> {
        let total = self.pages.len();
        let y = A4.1 - FOOT;
        for n in 0..total {
            let number = self.set(&ltr(&format!("{} / {total}", n + 1)), SMALL, column())?;
            let taken = number.first().map_or(0.0, |line| self.points(line, SMALL)) + 16.0;
            let foot = self.set(foot, SMALL, column() - taken)?;
            let Some(page) = self.pages.get_mut(n) else { continue };
            page.boxes.push(Filled {
                x: SIDE,
                y: y - 14.0,
                width: column(),
                height: 0.5,
                colour: RULE,
            });
            for (lines, end) in [(foot, false), (number, true)] {
                if let Some(line) = lines.into_iter().next() {
                    self.put_on(n, line, SMALL, y, (SIDE, A4.0 - SIDE), self.rtl != end);
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, text: &str, style: Style, width: f32) -> Result<Vec<Line>, Error> {
        let units = width / style.size * self.setter.em(style.face);
        let units = units as i32;
        self.setter.lines(style.face, text, units, self.rtl)
    }

    fn paragraphs(&mut self, text: &str, style: Style, side: Side) -> Result<(), Error> {
        let width = self.within().1 - self.within().0;
        for paragraph in text.lines() {
            for line in self.set(paragraph, style, width)? {
                let y = self.next(style.leading);
                let right = match side {
                    Side::Page => self.rtl,
                    Side::Own => line.rtl,
                };
                self.put(line, style, y, self.within(), right);
            }
        }
        Ok(())
    }

    /// Where text may stand: beside the mark at the edge, when there is one.
    fn within(&self) -> (f32, f32) {
        let (left, right) = (SIDE, A4.0 - SIDE);
        match (self.bar, self.rtl) {
            (None, _) => (left, right),
            (Some(_), false) => (left + BAR, right),
            (Some(_), true) => (left, right - BAR),
        }
    }

    fn put(&mut self, line: Line, style: Style, y: f32, within: (f32, f32), right: bool) {
        let page = self.pages.len() - 1;
        self.put_on(page, line, style, y, within, right);
    }

    fn put_on(&mut self, page: usize, line: Line, style: Style, y: f32, (from, to): (f32, f32), right: bool) {
        let x = if right { to - self.points(&line, style) } else { from };
        if let Some(page) = self.pages.get_mut(page) {
            page.texts.push(Text { x, y, style, line });
        }
    }

    fn points(&self, line: &Line, style: Style) -> f32 {
        let units = line.width as f32;
        units * style.size / self.setter.em(style.face)
    }

    /// Takes room for a line and returns where its base line is.
    fn next(&mut self, leading: f32) -> f32 {
        if !self.has_room(leading) {
            self.turn();
        }
        if let (Some(colour), Some(page)) = (self.bar, self.pages.last_mut()) {
            page.boxes.push(Filled {
                x: if self.rtl { A4.0 - SIDE - 2.0 } else { SIDE },
                y: self.y,
                width: 2.0,
                height: leading,
                colour,
            });
        }
        self.y += leading;
        self.y - leading * 0.27
    }

    fn gap(&mut self, height: f32) {
        self.y += height;
    }

    fn rule(&mut self) {
        if let Some(page) = self.pages.last_mut() {
            page.boxes.push(Filled {
                x: SIDE,
                y: self.y,
                width: column(),
                height: 0.75,
                colour: RULE,
            });
        }
    }

    fn has_room(&self, height: f32) -> bool {
        self.y + height <= A4.1 - BOTTOM
    }

    fn turn(&mut self) {
        self.pages.push(Page::default());
        self.y = TOP;
    }
}

const fn column() -> f32 {
    A4.0 - 2.0 * SIDE
}
