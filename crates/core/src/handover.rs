//! What a handover report says beside what the checks found: asked in the gate file, never inferred.

use jiff::civil::Date;

use crate::name::CheckId;

/// How many days an answer is taken for true.
pub const FRESH_DAYS: i32 = 90;

/// What a handover report says beside what the checks found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handover {
    /// Who the portal is handed to.
    pub client: Option<String>,
    /// Who hands it over.
    pub prepared_by: Option<String>,
    /// What somebody answers for, each question once.
    pub answers: Vec<Answer>,
    /// What the portal does in the words of those who use it, by the check that proves it.
    pub journeys: Vec<(CheckId, String)>,
    /// What the portal does not do, or not well, as sentences.
    pub known_limits: Vec<String>,
    /// What should be done next, as sentences, the first first.
    pub next_steps: Vec<String>,
    /// What to look at after the deploy.
    pub watch: Watch,
}

/// What to look at after the deploy, as sentences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watch {
    /// In the first 14 days.
    pub first_14_days: Vec<String>,
    /// In the first 30 days.
    pub first_30_days: Vec<String>,
}

/// A question that no check answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// Whether an error that happens now is captured where somebody sees it.
    ErrorsCaptured,
    /// Whether last week's bug can be explained from one request id.
    BugExplainable,
    /// Whether one bad deploy would cause more than five support tickets.
    MoreThanFiveTickets,
}

/// What somebody answered to a question that no check answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question.
    pub asked: Asked,
    /// Whether it is answered yes.
    pub yes: bool,
    /// Why, as a sentence.
    pub because: String,
    /// Who answered.
    pub by: String,
    /// The day they answered.
    pub on: Date,
}

/// How far an answer still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// It is recent.
    Fresh,
    /// It is older than [`FRESH_DAYS`], by so many days in all.
    Stale(i32),
    /// Its day has not come yet.
    Ahead,
}

impl Asked {
    /// Every question, in the order they are asked.
    pub const ALL: [Self; 3] = [
        Self::ErrorsCaptured,
        Self::BugExplainable,
        Self::MoreThanFiveTickets,
    ];

    /// The key below `answers:` in the gate file.
    pub fn key(self) -> &'static str {
        match self {
            Self::ErrorsCaptured => "errors-captured",
            Self::BugExplainable => "bug-explainable",
            Self::MoreThanFiveTickets => "more-than-five-tickets",
        }
    }
}

impl Answer {
    /// How far it still holds on a day. A day ahead is taken: elsewhere it may be tomorrow already.
    pub fn age(&self, today: Date) -> Age {
        let days = (today - self.on).get_days();
        match days {
            ..-1 => Age::Ahead,
            -1..=FRESH_DAYS => Age::Fresh,
            days => Age::Stale(days),
        }
    }
}

impl Handover {
    /// What somebody answered to a question.
    pub fn answer(&self, asked: Asked) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.asked == asked)
    }

    /// What a check proves, in the words of those who use the portal.
    pub fn journey(&self, check: &CheckId) -> Option<&str> {
        let mut told = self.journeys.iter();
        told.find(|(id, _)| id == check)
            .map(|(_, text)| text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_for_ninety_days_and_from_its_day_on() {
        let answer = Answer {
            asked: Asked::ErrorsCaptured,
            yes: true,
            because: "Sentry is set up".into(),
            by: "mia".into(),
            on: Date::constant(2026, 8, 1),
        };
        let age = |month, day| answer.age(Date::constant(2026, month, day));
        assert_eq!(age(8, 1), Age::Fresh);
        assert_eq!(age(10, 30), Age::Fresh);
        assert_eq!(age(10, 31), Age::Stale(91));
        assert_eq!(age(7, 31), Age::Fresh);
        assert_eq!(age(7, 30), Age::Ahead);
    }
}
