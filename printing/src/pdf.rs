//! Pages as a PDF. Glyphs are written by their numbers at their places; which characters they stand for is written with them, so text can
//! be searched and copied.

use std::collections::BTreeMap;

use domain::paper::Paper;
use lopdf::{Dictionary, Object, StringFormat, dictionary};
use printpdf::{
    Codepoint, Color, FontId, Op, PaintMode, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions,
    Pt, Rect, Rgb, TextItem, TextMatrix, to_lopdf_doc,
};
use sha2::{Digest, Sha256};
use subsetter::GlyphRemapper;

use crate::{
    Error,
    face::Face,
    layout::{A4, Colour, Filled, Page, Text},
    set::Used,
};

/// A face with the glyphs that are used, which are numbered anew.
struct Cut {
    id: FontId,
    font: ParsedFont,
    numbers: GlyphRemapper,
    em: f32,
}

pub(crate) fn write(paper: &Paper, pages: &[Page], used: &Used) -> Result<Vec<u8>, Error> {
    let mut cuts = BTreeMap::new();
    for face in Face::ALL {
        if used.range((face, 0)..=(face, u16::MAX)).next().is_some() {
            cuts.insert(face, cut(face, used)?);
        }
    }
    let mut document = PdfDocument::new(&paper.title);
    for cut in cuts.values() {
        document
            .resources
            .fonts
            .map
            .insert(cut.id.clone(), PdfFont::new(cut.font.clone()));
    }
    document.pages = pages.iter().map(|page| drawn(page, &cuts, used)).collect();
    let options = PdfSaveOptions {
        // They are cut already.
        subset_fonts: false,
        ..PdfSaveOptions::default()
    };
    let mut warnings = Vec::new();
    let mut file = to_lopdf_doc(&document, &options, &mut warnings);
    drop(document);
    finish(&mut file, paper);
    file.compress();
    let mut bytes = Vec::new();
    file.save_to(&mut bytes)
        .map_err(|error| Error::Write(error.to_string()))?;
    Ok(bytes)
}

fn cut(face: Face, used: &Used) -> Result<Cut, Error> {
    let broken = |error: &dyn std::fmt::Display| Error::Font(format!("{}: {error}", face.subset_name()));
    let whole =
        ParsedFont::from_bytes(face.bytes(), 0, &mut Vec::new()).ok_or_else(|| broken(&"it is not understood"))?;
    let mut numbers = GlyphRemapper::new();
    for ((_, id), _) in used.range((face, 0)..=(face, u16::MAX)) {
        numbers.remap(*id);
    }
    let bytes = subsetter::subset(face.bytes(), 0, &numbers).map_err(|error| broken(&error))?;
    let glyph_widths = used
        .range((face, 0)..=(face, u16::MAX))
        .filter_map(|((_, id), _)| Some((numbers.get(*id)?, whole.get_glyph_width(*id)?)))
        .collect();
    Ok(Cut {
        id: FontId(format!("{face:?}")),
        em: f32::from(whole.units_per_em.max(1)),
        font: ParsedFont {
            original_bytes: bytes,
            font_name: Some(face.subset_name().to_owned()),
            codepoint_to_glyph: BTreeMap::new(),
            glyph_widths,
            ..whole
        },
        numbers,
    })
}

fn drawn(page: &Page, cuts: &BTreeMap<Face, Cut>, used: &Used) -> PdfPage {
    let (width, height) = (Pt(A4.0), Pt(A4.1));
    let mut ops = Vec::new();
    for filled in &page.boxes {
        ops.push(Op::SetFillColor {
            col: colour(filled.colour),
        });
        ops.push(Op::DrawRectangle {
            rectangle: rectangle(filled),
        });
    }
    ops.push(Op::StartTextSection);
    for text in &page.texts {
        if let Some(cut) = cuts.get(&text.style.face) {
            ops.push(Op::SetFillColor {
                col: colour(text.style.colour),
            });
            ops.push(Op::SetFont {
                font: PdfFontHandle::External(cut.id.clone()),
                size: Pt(text.style.size),
            });
            shown(text, cut, used, &mut ops);
        }
    }
    ops.push(Op::EndTextSection);
    PdfPage::new(width.into(), height.into(), ops)
}

/// The glyphs of a line: one piece for all that stand at the same height, since marks above and below letters have their own.
fn shown(text: &Text, cut: &Cut, used: &Used, ops: &mut Vec<Op>) {
    let scale = text.style.size / cut.em;
    for piece in text.line.glyphs.chunk_by(|a, b| a.y == b.y) {
        let Some(first) = piece.first() else { continue };
        let at = |units: i32| f64::from(units) * 1000.0 / f64::from(cut.em);
        // Programs move on by the widths in the file, which are whole thousandths of an em.
        let mut pen = at(first.x);
        let mut points = Vec::with_capacity(piece.len());
        for (n, glyph) in piece.iter().enumerate() {
            let number = cut.numbers.get(glyph.id).unwrap_or(0);
            let own = f64::from(cut.font.get_glyph_width(number).unwrap_or(0)) * 1000.0 / f64::from(cut.em);
            pen += own.floor();
            let mut back = 0.0;
            if let Some(next) = piece.get(n + 1) {
                let off = (pen - at(next.x)).round();
                if off.abs() >= 1.0 {
                    back = off;
                    pen -= off;
                }
            }
            let says = used.get(&(text.style.face, glyph.id)).cloned().unwrap_or_default();
            points.push(Codepoint::with_cid(number, back as f32, says));
        }
        let (x, y) = (first.x as f32 * scale, first.y as f32 * scale);
        ops.push(Op::SetTextMatrix {
            matrix: TextMatrix::Raw([
                1.0,
                0.0,
                0.0,
                1.0,
                hundredths(text.x + x),
                hundredths(A4.1 - text.y + y),
            ]),
        });
        ops.push(Op::ShowText {
            items: vec![TextItem::GlyphIds(points)],
        });
    }
}

fn hundredths(points: f32) -> f32 {
    (points * 100.0).round() / 100.0
}

const fn colour([r, g, b]: Colour) -> Color {
    Color::Rgb(Rgb {
        r,
        g,
        b,
        icc_profile: None,
    })
}

fn rectangle(filled: &Filled) -> Rect {
    Rect {
        x: Pt(filled.x),
        y: Pt(hundredths(A4.1 - filled.y - filled.height)),
        width: Pt(filled.width),
        height: Pt(filled.height),
        mode: Some(PaintMode::Fill),
        winding_order: None,
    }
}

/// What programs are told about the document, and an identity that follows from what it says.
fn finish(file: &mut lopdf::Document, paper: &Paper) {
    "1.7".clone_into(&mut file.version);
    let at = paper.at.format("D:%Y%m%d%H%M%SZ").to_string();
    let info = file.add_object(dictionary! {
        "Title" => utf16(&paper.title),
        "Producer" => utf16("CloudManager"),
        "CreationDate" => Object::string_literal(at.as_str()),
        "ModDate" => Object::string_literal(at.as_str()),
    });
    if let Ok(catalog) = file.catalog_mut() {
        catalog.set("Lang", Object::string_literal(paper.locale.as_str()));
        let mut shown: Dictionary = dictionary! { "DisplayDocTitle" => true };
        if paper.locale.is_rtl() {
            shown.set("Direction", Object::Name(b"R2L".to_vec()));
        }
        catalog.set("ViewerPreferences", shown);
    }
    let old = file.trailer.get(b"Info").and_then(Object::as_reference);
    file.trailer.set("Info", Object::Reference(info));
    if let Ok(old) = old {
        file.objects.remove(&old);
    }
    let mut digest = Sha256::new();
    for object in file.objects.values() {
        if let Object::Stream(stream) = object {
            digest.update(&stream.content);
        }
    }
    digest.update(paper.title.as_bytes());
    digest.update(at.as_bytes());
    let id = Object::String(digest.finalize()[..16].to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", Object::Array(vec![id.clone(), id]));
}

fn utf16(text: &str) -> Object {
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, StringFormat::Hexadecimal)
}
