//! How many rounds a wanted certainty takes, and what rounds are worth.

use std::ops::RangeInclusive;

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::Node;
use tidegate_core::span::Span;

/// The certainty that is wanted unless the gate file says otherwise.
pub(super) const CERTAINTY: f64 = 0.99;
/// The chance that one round catches a fault, where the requests arrive close together. Of two
/// requests with last frames released together, 13 to 21 of 30 rounds caught one.
pub(super) const CHANCE: f64 = 0.3;
/// The same where they do not: of two requests that were only started together, 1 to 2 of 30.
pub(super) const POOR_CHANCE: f64 = 0.05;
/// The most rounds.
pub(super) const MOST_ROUNDS: u32 = 50;

const CERTAINTIES: RangeInclusive<f64> = 0.5..=0.9999;
const CHANCES: RangeInclusive<f64> = 0.01..=0.95;

/// The rounds after which a fault was caught with this certainty, when one round catches it with
/// this chance: ln(1 − certainty) / ln(1 − chance), rounded up.
pub(super) fn rounds(certainty: f64, chance: f64) -> u32 {
    let rounds = ((1.0 - certainty).ln() / (1.0 - chance).ln()).ceil();
    // Both are within their limits, so that it is a small number above 0.
    (1..=100_000)
        .find(|whole| f64::from(*whole) >= rounds)
        .unwrap_or(u32::MAX)
}

/// The certainty after so many rounds: 1 − (1 − chance)^rounds.
pub(super) fn reached(rounds: u32, chance: f64) -> f64 {
    1.0 - (1.0 - chance).powf(f64::from(rounds))
}

/// A share as a person reads it, never rounded up to all: `99 %`, `99.7 %`.
pub(super) fn percent(share: f64) -> String {
    let tenths = (share * 1000.0 + 1e-9).floor() / 10.0;
    if tenths.fract() == 0.0 {
        format!("{tenths:.0} %")
    } else {
        format!("{tenths:.1} %")
    }
}

/// How many rounds are sent, by `rounds:`, or by `certainty:` and `chance:`.
///
/// # Errors
/// What is out of its limits, or too much.
pub(super) fn plan(
    written: Option<&Located<u32>>,
    certainty: Option<&Node>,
    chance: Option<&Node>,
    whole: &Span,
) -> Result<(u32, f64), Vec<Diagnostic>> {
    let wanted = share(certainty, CERTAINTY, &CERTAINTIES, "certainty")?;
    let assumed = share(chance, CHANCE, &CHANCES, "chance")?;
    match (written, certainty) {
        (Some(rounds), Some(_)) => Err(vec![
            Diagnostic::at(rounds.span.clone(), "both `rounds` and `certainty` are named")
                .label("one of them says how many rounds there are")
                .help("With `certainty: 99%` the rounds are reckoned; with `rounds:` the report says what they are worth."),
        ]),
        (Some(rounds), None) if !(1..=MOST_ROUNDS).contains(&rounds.value) => Err(vec![
            Diagnostic::at(rounds.span.clone(), "this is no number of rounds")
                .label(format!("expected a number from 1 to {MOST_ROUNDS}")),
        ]),
        (Some(rounds), None) => Ok((rounds.value, assumed)),
        (None, _) => {
            let needed = rounds(wanted, assumed);
            if needed <= MOST_ROUNDS {
                return Ok((needed, assumed));
            }
            let span = certainty.or(chance).map_or(whole, |written| &written.span);
            Err(vec![
                Diagnostic::at(span.clone(), "this takes too many rounds")
                    .label(format!("takes {needed} rounds; {MOST_ROUNDS} are the most"))
                    .help("Lower `certainty`, or raise `chance` when more requests are sent at once or the gap is known to be wide."),
            ])
        }
    }
}

/// A share written in percent, as in `99%`.
fn share(
    written: Option<&Node>,
    default: f64,
    limits: &RangeInclusive<f64>,
    what: &str,
) -> Result<f64, Vec<Diagnostic>> {
    let Some(written) = written else {
        return Ok(default);
    };
    let number = written.text().and_then(|text| text.strip_suffix('%'));
    let number = number.and_then(|number| number.trim_end().parse::<f64>().ok());
    let share = number.map(|number| number / 100.0);
    share.filter(|share| limits.contains(share)).ok_or_else(|| {
        let (least, most) = (limits.start() * 100.0, limits.end() * 100.0);
        vec![
            Diagnostic::at(written.span.clone(), format!("this is no {what}"))
                .label(format!("expected a share from {least}% to {most}%")),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rounds_are_those_of_the_formula() {
        assert_eq!(rounds(0.95, 0.3), 9);
        assert_eq!(rounds(0.99, 0.3), 13);
        assert_eq!(rounds(0.99, 0.05), 90);
        assert_eq!(rounds(0.5, 0.95), 1);
        for certainty in [0.5, 0.9, 0.99, 0.9999] {
            for chance in [0.01, 0.05, 0.3, 0.95] {
                let needed = rounds(certainty, chance);
                assert!(reached(needed, chance) >= certainty - 1e-12);
                assert!(reached(needed - 1, chance) < certainty);
            }
        }
    }

    #[test]
    fn a_share_is_never_rounded_up_to_all() {
        assert_eq!(percent(0.99), "99 %");
        assert_eq!(percent(0.999_99), "99.9 %");
        assert_eq!(percent(reached(13, POOR_CHANCE)), "48.6 %");
    }
}
