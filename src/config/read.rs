//! Reading variables; mistakes are collected, so that one start reports them all.

use std::{collections::HashMap, fmt::Display, ops::RangeInclusive, str::FromStr};

/// Variables, and what is wrong with them.
pub struct Reader<'a> {
    vars: &'a HashMap<String, String>,
    pub mistakes: Vec<String>,
}

impl<'a> Reader<'a> {
    pub const fn new(vars: &'a HashMap<String, String>) -> Self {
        Self {
            vars,
            mistakes: Vec::new(),
        }
    }

    /// The value; an empty one is none.
    pub fn get(&self, name: &str) -> Option<String> {
        let value = self.vars.get(name)?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    pub fn text(&self, name: &str, default: &str) -> String {
        self.get(name).unwrap_or_else(|| default.to_owned())
    }

    /// A value that must be given; `hint` says what.
    pub fn need(&mut self, name: &str, hint: &str) -> String {
        self.get(name).unwrap_or_else(|| {
            self.mistakes.push(format!("{name} is not set: give {hint}"));
            String::new()
        })
    }

    /// One of a few words; the first is the default.
    pub fn choice<T: Copy>(&mut self, name: &str, first: (&str, T), others: &[(&str, T)]) -> T {
        let Some(given) = self.get(name) else { return first.1 };
        let mut all = std::iter::once(&first).chain(others);
        if let Some((_, value)) = all.clone().find(|(word, _)| *word == given) {
            return *value;
        }
        let words: Vec<&str> = all.by_ref().map(|(word, _)| *word).collect();
        self.mistakes
            .push(format!("{name} is `{given}`: use {}", words.join(" or ")));
        first.1
    }

    pub fn number<N>(&mut self, name: &str, default: N, range: RangeInclusive<N>) -> N
    where
        N: FromStr + PartialOrd + Display,
    {
        let Some(given) = self.get(name) else { return default };
        match given.parse() {
            Ok(n) if range.contains(&n) => n,
            _ => {
                let (from, to) = range.into_inner();
                self.mistakes
                    .push(format!("{name} is `{given}`: use a number from {from} to {to}"));
                default
            }
        }
    }

    /// Values separated by commas.
    pub fn list<T>(&mut self, name: &str, hint: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        self.split(name, parse, |_, part| format!("{name} has `{part}`: use {hint}"))
    }

    /// Secrets separated by commas: a mistake in one tells its place and nothing of it.
    pub fn secrets<T>(&mut self, name: &str, hint: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        self.split(name, parse, |at, _| format!("{name}: entry {at} is not {hint}"))
    }

    fn split<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
        mistake: impl Fn(usize, &str) -> String,
    ) -> Vec<T> {
        let given = self.get(name).unwrap_or_default();
        let parts = given.split(',').map(str::trim).filter(|part| !part.is_empty());
        let mut values = Vec::new();
        for (at, part) in parts.enumerate() {
            match parse(part) {
                Some(value) => values.push(value),
                None => self.mistakes.push(mistake(at + 1, part)),
            }
        }
        values
    }
}
