//! Typed access to the tables of a TOML text, with faults that name their place.

use std::sync::Arc;

use tidegate_core::diagnostic::{Diagnostic, nearest};
use tidegate_core::located::Located;
use tidegate_core::span::{Source, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A table and where it is.
#[derive(Clone, Copy)]
pub(super) struct Fields<'t, 'i> {
    table: &'t DeTable<'i>,
    /// What it is, as in `a rule`.
    what: &'static str,
}

/// Reads fields, and collects what is wrong with them.
pub(super) struct Reader {
    source: Arc<Source>,
    /// What makes the file unusable.
    pub(super) faults: Vec<Diagnostic>,
    /// What was read over.
    pub(super) warnings: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn new(source: &Arc<Source>) -> Self {
        Self {
            source: Arc::clone(source),
            faults: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Parses the text; a text that is not TOML is a fault.
    pub(super) fn parse<'s>(&mut self, source: &'s Source) -> Option<Spanned<DeTable<'s>>> {
        match DeTable::parse(source.text()) {
            Ok(table) => Some(table),
            Err(error) => {
                let message = error.message().lines().collect::<Vec<_>>().join("; ");
                let range = error.span().unwrap_or(0..0);
                self.faults.push(
                    Diagnostic::at(self.span(&range), format!("not proper TOML: {message}")).help(
                        "Write an expression between three single quotes, `'''…'''`, where nothing is escaped.",
                    ),
                );
                None
            }
        }
    }

    pub(super) fn span(&self, range: &std::ops::Range<usize>) -> Span {
        Span::new(Arc::clone(&self.source), range.start, range.end)
    }

    /// Warns of the keys that are not known.
    pub(super) fn only(&mut self, fields: Fields<'_, '_>, known: &[&str]) {
        for key in fields.table.keys() {
            let name = key.get_ref().as_ref();
            if known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                continue;
            }
            let warning = Diagnostic::at(
                self.span(&key.span()),
                format!("`{name}` means nothing in {} and is read over", fields.what),
            );
            self.warnings.push(match nearest(name, known) {
                Some(near) => warning.label(format!("did you mean `{near}`?")),
                None => warning.help(format!("Known here: {}.", known.join(", "))),
            });
        }
    }

    pub(super) fn text(&mut self, fields: Fields<'_, '_>, key: &str) -> Option<Located<String>> {
        let (value, span) = self.value(fields, key)?;
        match value {
            DeValue::String(text) => Some(Located {
                value: text.as_ref().to_owned(),
                span,
            }),
            other => self.expected(key, "a text between quotes", other, span),
        }
    }

    /// A list of texts, or a single text.
    pub(super) fn texts(&mut self, fields: Fields<'_, '_>, key: &str) -> Vec<Located<String>> {
        let Some((value, _)) = self.value(fields, key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value else {
            return self.text(fields, key).into_iter().collect();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            let span = self.span(&item.span());
            match item.get_ref() {
                DeValue::String(text) => texts.push(Located {
                    value: text.as_ref().to_owned(),
                    span,
                }),
                other => {
                    let _: Option<()> = self.expected(key, "texts between quotes", other, span);
                }
            }
        }
        texts
    }

    pub(super) fn number(&mut self, fields: Fields<'_, '_>, key: &str) -> Option<Located<f64>> {
        let (value, span) = self.value(fields, key)?;
        let number = match value {
            DeValue::Integer(number) => whole(number).map(|number| number as f64),
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        match number.filter(|number: &f64| number.is_finite() && *number >= 0.0) {
            Some(value) => Some(Located { value, span }),
            None => self.expected(key, "a number that is not below zero", value, span),
        }
    }

    pub(super) fn whole_number(
        &mut self,
        fields: Fields<'_, '_>,
        key: &str,
    ) -> Option<Located<usize>> {
        let (value, span) = self.value(fields, key)?;
        let number = match value {
            DeValue::Integer(number) => whole(number),
            _ => None,
        };
        match number.and_then(|number| usize::try_from(number).ok()) {
            Some(value) => Some(Located { value, span }),
            None => self.expected(key, "a whole number that is not below zero", value, span),
        }
    }

    pub(super) fn flag(&mut self, fields: Fields<'_, '_>, key: &str) -> Option<Located<bool>> {
        let (value, span) = self.value(fields, key)?;
        match value {
            DeValue::Boolean(value) => Some(Located {
                value: *value,
                span,
            }),
            other => self.expected(key, "`true` or `false`", other, span),
        }
    }

    /// The tables under a key, whether one (`[key]`) or several (`[[key]]`), each with the place of
    /// its head.
    pub(super) fn tables<'t, 'i>(
        &mut self,
        fields: Fields<'t, 'i>,
        key: &str,
        what: &'static str,
    ) -> Vec<(Fields<'t, 'i>, Span)> {
        let Some((value, span)) = self.value(fields, key) else {
            return Vec::new();
        };
        let items = match value {
            DeValue::Table(table) => return vec![(Fields { table, what }, span)],
            DeValue::Array(items) => items,
            other => {
                let _: Option<()> = self.expected(key, "a table", other, span);
                return Vec::new();
            }
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            let span = self.span(&item.span());
            match item.get_ref() {
                DeValue::Table(table) => tables.push((Fields { table, what }, span)),
                other => {
                    let _: Option<()> = self.expected(key, "tables", other, span);
                }
            }
        }
        tables
    }

    fn value<'t, 'i>(&self, fields: Fields<'t, 'i>, key: &str) -> Option<(&'t DeValue<'i>, Span)> {
        let (_, value) = fields
            .table
            .iter()
            .find(|(name, _)| name.get_ref().eq_ignore_ascii_case(key))?;
        Some((value.get_ref(), self.span(&value.span())))
    }

    fn expected<T>(&mut self, key: &str, what: &str, found: &DeValue<'_>, span: Span) -> Option<T> {
        self.faults.push(
            Diagnostic::at(span, format!("`{key}` is {} here", with_article(found)))
                .label(format!("expected {what}"))
                .help(format!("Give `{key}` {what}.")),
        );
        None
    }
}

impl<'t, 'i> Fields<'t, 'i> {
    pub(super) fn new(table: &'t DeTable<'i>, what: &'static str) -> Self {
        Self { table, what }
    }
}

fn whole(number: &toml::de::DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
}

fn with_article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
