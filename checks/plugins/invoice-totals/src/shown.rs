//! What the portal shows.

use tidegate_plugin_sdk::prelude::*;

use crate::codes::{DETAIL_DIFFERS, UNREADABLE};
use crate::config::Config;
use crate::field;
use crate::number::Number;
use crate::report::Report;

/// A list with all its pages.
pub(crate) struct List {
    pub(crate) invoices: Vec<Value>,
    /// The first page, which says the sum and the number.
    pub(crate) first: Value,
    /// Whether invoices beyond `most` were left out.
    pub(crate) cut: bool,
}

/// Reads the list; nothing when it cannot be read, which is a finding.
pub(crate) fn list(
    config: &Config,
    client: &Client,
    report: &mut Report,
) -> Result<Option<List>, Failure> {
    let paged = config.list.contains("{page}");
    let mut list = List {
        invoices: Vec::new(),
        first: Value::Null,
        cut: false,
    };
    let mut before = Value::Null;
    let once = (!paged).then(|| client.get(&config.list)).into_iter();
    let pages = paged
        .then(|| client.pages(&config.list))
        .into_iter()
        .flatten();
    for response in once.chain(pages) {
        let Some(page) = readable(config, &response?, report) else {
            return Ok(None);
        };
        let items = field::at(&page, &config.items).cloned().unwrap_or_default();
        // A portal that knows no pages answers with the same again and again.
        if items == before {
            break;
        }
        let found = items.as_array().cloned().unwrap_or_default();
        if list.first.is_null() {
            list.first = page;
        }
        if found.is_empty() {
            break;
        }
        list.invoices.extend(found);
        list.cut = list.invoices.len() > config.most;
        let announced = config
            .count
            .as_ref()
            .and_then(|path| field::at(&list.first, path));
        let all = announced.and_then(Value::as_u64) == Some(list.invoices.len() as u64);
        if list.cut || all {
            break;
        }
        before = items;
    }
    if list.cut {
        list.invoices.truncate(config.most);
        report.note(format!(
            "only the first {} invoices were looked at",
            config.most
        ));
    }
    Ok(Some(list))
}

/// The page, when it holds a list.
fn readable(config: &Config, response: &Response, report: &mut Report) -> Option<Value> {
    let summary = response.summary();
    let page: Option<Value> = if response.is_ok() {
        response.json().ok()
    } else {
        None
    };
    let found = page.filter(|page| field::at(page, &config.items).is_some_and(Value::is_array));
    report.check(&UNREADABLE, &config.list, found.is_some(), |code| {
        let wanted = match config.items.as_str() {
            "" => "a list".to_owned(),
            path => format!("a list at `{path}`"),
        };
        code.finding(format!("{} shows no list of invoices", config.list))
            .evidence("expected", format!("200 with JSON that has {wanted}"))
            .evidence("actual", summary)
    });
    found
}

/// The invoices as they are read one by one, when the config says where; as they are in the list otherwise.
pub(crate) fn details(
    config: &Config,
    client: &Client,
    listed: &[Value],
    report: &mut Report,
) -> Result<Vec<Value>, Failure> {
    let Some(path) = &config.detail else {
        return Ok(listed.to_vec());
    };
    let mut invoices = Vec::new();
    for item in listed {
        let id = field::text(item, &config.invoice.id);
        let name = format!("invoice {}", field::text(item, &config.invoice.number));
        let response = client.request("GET", path).parameter("id", id).send()?;
        let summary = response.summary();
        let detail: Option<Value> = if response.is_ok() {
            response.json().ok()
        } else {
            None
        };
        report.check(&UNREADABLE, &name, detail.is_some(), |code| {
            code.finding(format!("{name} cannot be read by itself"))
                .evidence("expected", "200 with JSON")
                .evidence("actual", summary)
        });
        let Some(detail) = detail else { continue };
        let total = |value| field::at(value, &config.invoice.total).and_then(Number::read);
        if let (Some(in_list), Some(by_itself)) = (total(item), total(&detail)) {
            let amounts = (in_list, by_itself);
            report.equal(
                &DETAIL_DIFFERS,
                &name,
                "the total",
                amounts,
                "what the list says",
            );
        }
        invoices.push(detail);
    }
    Ok(invoices)
}
