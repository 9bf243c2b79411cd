//! Numbers within bounds.

use serde_json::{Number, Value as Json};

use super::flat::Flat;

/// The bounds that all schemas set together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// The least value, and whether it is itself out of bounds.
    pub(super) least: Option<(f64, bool)>,
    /// The greatest value, and whether it is itself out of bounds.
    pub(super) most: Option<(f64, bool)>,
    /// What it must be a multiple of.
    pub(super) step: Option<f64>,
}

impl Bounds {
    /// Reads them; `exclusiveMinimum` is a number or, before 2019, a flag.
    pub(super) fn of(flat: &Flat<'_>) -> Self {
        let mut bounds = Self {
            least: None,
            most: None,
            step: None,
        };
        for part in flat.parts() {
            let number = |keyword: &str| part.get(keyword)?.number()?.as_f64();
            let least = number("minimum").map(|value| (value, part.flag("exclusiveMinimum")));
            let most = number("maximum").map(|value| (value, part.flag("exclusiveMaximum")));
            bounds.raise(least);
            bounds.raise(number("exclusiveMinimum").map(|value| (value, true)));
            bounds.lower(most);
            bounds.lower(number("exclusiveMaximum").map(|value| (value, true)));
            let step = number("multipleOf").filter(|step| *step > 0.0);
            bounds.step = match (bounds.step, step) {
                (Some(known), Some(step)) if known != step => Some(known * step),
                (known, step) => step.or(known),
            };
        }
        bounds
    }

    fn raise(&mut self, least: Option<(f64, bool)>) {
        let Some((value, exclusive)) = least else {
            return;
        };
        match self.least {
            Some((known, is)) if known > value || (known == value && is) => {}
            _ => self.least = Some((value, exclusive)),
        }
    }

    fn lower(&mut self, most: Option<(f64, bool)>) {
        let Some((value, exclusive)) = most else {
            return;
        };
        match self.most {
            Some((known, is)) if known < value || (known == value && is) => {}
            _ => self.most = Some((value, exclusive)),
        }
    }

    fn admits(&self, value: f64) -> bool {
        let above =
            |(least, exclusive): (f64, bool)| value > least || (!exclusive && value == least);
        let below = |(most, exclusive): (f64, bool)| value < most || (!exclusive && value == most);
        self.least.is_none_or(above) && self.most.is_none_or(below)
    }

    /// Numbers within the bounds, the plainest first; the nth of several differs from the others.
    pub(super) fn within(&self, integer: bool, nth: usize) -> Vec<Json> {
        let step = match self.step {
            Some(step) if integer && step.fract() != 0.0 => step.max(1.0).ceil(),
            Some(step) => step,
            None => 1.0,
        };
        let offset = f64::from(u32::try_from(nth).unwrap_or(u32::MAX)) * step;
        let mut candidates = vec![step.max(1.0) + offset, step + offset, offset];
        if let Some((least, _)) = self.least {
            let first = (least / step).ceil() * step;
            candidates.extend([first + offset, first + step + offset]);
        }
        if let Some((most, _)) = self.most {
            let last = (most / step).floor() * step;
            candidates.extend([last - offset, last - step - offset]);
        }
        if let (Some((least, _)), Some((most, _)), false) = (self.least, self.most, integer) {
            candidates.push(f64::midpoint(least, most) + (most - least) / 1e3 * offset);
        }
        // Where few numbers fit, the same one again is better than none.
        if nth > 0 {
            candidates.push(0.0);
            candidates.extend(self.least.map(|(least, _)| (least / step).ceil() * step));
        }
        candidates.retain(|value| self.admits(*value));
        candidates.into_iter().filter_map(json).collect()
    }
}

/// A number as JSON writes it: without a fraction where it has none.
pub(super) fn json(value: f64) -> Option<Json> {
    // Beyond 2^53 a float no longer tells neighbours apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number below 2^53 in amount"
        )]
        let whole = value as i64;
        return Some(Json::from(whole));
    }
    Number::from_f64(value).map(Json::Number)
}
