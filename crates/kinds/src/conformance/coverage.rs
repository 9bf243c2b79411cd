//! How much of the document was seen.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_core::check::{CheckReport, Metric, Table, Unit};

use crate::specification::openapi::{OpenApi, Operation, Response};

/// The most operations that are listed.
const ROW_LIMIT: usize = 25;

/// The responses that were seen, by the number of their operation in the document.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    seen: BTreeMap<usize, BTreeSet<String>>,
}

impl Coverage {
    /// Remembers that an operation answered, with what the document has for the answer.
    pub(super) fn add(
        &mut self,
        document: &OpenApi,
        operation: &Operation,
        response: Option<&Response>,
    ) {
        let mut operations = document.operations.iter();
        let Some(number) = operations.position(|one| std::ptr::eq(one, operation)) else {
            return;
        };
        let seen = self.seen.entry(number).or_default();
        if let Some(response) = response
            && !seen.contains(&response.status)
        {
            seen.insert(response.status.clone());
        }
    }

    /// The figures and who is behind them; nothing when there was nothing to see.
    pub(super) fn report(&self, document: &OpenApi) -> CheckReport {
        if self.seen.is_empty() {
            return CheckReport::default();
        }
        let operations = document.operations.len();
        let declared = document.operations.iter();
        let declared: usize = declared.map(|one| one.responses.len()).sum();
        let responses = self.seen.values().map(BTreeSet::len).sum();
        let figures = format!(
            "{} of {operations} operations and {responses} of {declared} responses of the document were seen",
            self.seen.len()
        );
        CheckReport {
            metrics: vec![
                count("operations seen", self.seen.len()),
                count("operations declared", operations),
                count("responses seen", responses),
                count("responses declared", declared),
            ],
            tables: vec![self.table(document, &figures)],
            ..CheckReport::default()
        }
    }

    /// Operations that were not seen stand first: they are what a reader looks for.
    fn table(&self, document: &OpenApi, figures: &str) -> Table {
        let operations = document.operations.iter().enumerate();
        let (seen, unseen): (Vec<_>, Vec<_>) =
            operations.partition(|(number, _)| self.seen.contains_key(number));
        let all = unseen.into_iter().chain(seen);
        let mut rows: Vec<Vec<String>> = all
            .map(|(number, operation)| self.row(number, operation))
            .collect();
        if rows.len() > ROW_LIMIT {
            let more = rows.len() - (ROW_LIMIT - 1);
            rows.truncate(ROW_LIMIT - 1);
            rows.push(vec![
                format!("and {more} more"),
                String::new(),
                String::new(),
            ]);
        }
        Table {
            title: figures.to_owned(),
            columns: ["operation", "seen", "declared"].map(str::to_owned).into(),
            rows,
        }
    }

    fn row(&self, number: usize, operation: &Operation) -> Vec<String> {
        let seen = self.seen.get(&number);
        let seen = match seen {
            None => "never".to_owned(),
            Some(statuses) if statuses.is_empty() => "other statuses".to_owned(),
            Some(statuses) => statuses.iter().cloned().collect::<Vec<_>>().join(", "),
        };
        let declared = operation.responses.iter();
        let declared: Vec<&str> = declared.map(|one| one.status.as_str()).collect();
        vec![operation.name(), seen, declared.join(", ")]
    }
}

fn count(name: &str, value: usize) -> Metric {
    Metric {
        name: name.to_owned(),
        subject: String::new(),
        unit: Unit::Count,
        value: value as f64,
        samples: Vec::new(),
    }
}
