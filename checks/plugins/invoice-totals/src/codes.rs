//! What can be wrong with invoices.

use tidegate_plugin_sdk::prelude::*;

pub(crate) const UNREADABLE: Code = Code {
    slug: "unreadable",
    summary: "the invoices cannot be read",
    severity: Severity::High,
    impact: "Clients see an error in the place of their invoices.",
    remedy: "Make the route answer 200 with JSON that holds the list where `items` says.",
    effort: Effort::Medium,
};

pub(crate) const VALUE_MISSING: Code = Code {
    slug: "value-missing",
    summary: "an amount of an invoice is missing or no number",
    severity: Severity::High,
    impact: "An invoice shows an empty place or NaN where a client looks first.",
    remedy: "Send the amount with each invoice and line, or correct the path in `invoice` or `line` of the config.",
    effort: Effort::Small,
};

pub(crate) const LINE_DIFFERS: Code = Code {
    slug: "line-differs",
    summary: "a line does not come to its quantity times its price",
    severity: Severity::High,
    impact: "A client who recalculates a line finds a mistake, and pays late.",
    remedy: "Compute the line from the quantity and the price that are shown, and round once.",
    effort: Effort::Small,
};

pub(crate) const NET_DIFFERS: Code = Code {
    slug: "net-differs",
    summary: "the lines of an invoice do not come to its net amount",
    severity: Severity::High,
    impact: "Clients are billed for work that no line explains, or work is not billed.",
    remedy: "Sum up the lines that are shown; look for lines that are filtered, such as discounts.",
    effort: Effort::Small,
};

pub(crate) const TAX_DIFFERS: Code = Code {
    slug: "tax-differs",
    summary: "the tax of an invoice is not that of its lines",
    severity: Severity::High,
    impact: "Tax is shown wrongly: whoever shows too much owes it, and clients cannot deduct it.",
    remedy: "Compute the tax from the lines' rates, rounded where `rounding` of the config says.",
    effort: Effort::Medium,
};

pub(crate) const TOTAL_DIFFERS: Code = Code {
    slug: "total-differs",
    summary: "the total of an invoice is not its net amount with its tax",
    severity: Severity::Critical,
    impact: "Clients are asked for, and pay, a wrong amount.",
    remedy: "Compute the total from the same net amount and tax that are shown.",
    effort: Effort::Small,
};

pub(crate) const SUM_DIFFERS: Code = Code {
    slug: "sum-differs",
    summary: "the list says another sum or number than its invoices come to",
    severity: Severity::Medium,
    impact: "The overview and the invoices contradict each other, and nobody knows which is right.",
    remedy: "Compute the sum over the same invoices that the list shows, on all pages.",
    effort: Effort::Small,
};

pub(crate) const DETAIL_DIFFERS: Code = Code {
    slug: "detail-differs",
    summary: "an invoice read by itself has another total than in the list",
    severity: Severity::High,
    impact: "A client sees one amount in the overview and another on the invoice.",
    remedy: "Take both from the same place.",
    effort: Effort::Small,
};

pub(crate) const WRONG_SIGN: Code = Code {
    slug: "wrong-sign",
    summary: "an invoice is below zero, or a credit note is above it",
    severity: Severity::High,
    impact: "A credit note counts as a bill, or a bill as a credit note.",
    remedy: "Give credit notes the sign that `credit-notes` of the config says.",
    effort: Effort::Small,
};

pub(crate) const VIEW_DIFFERS: Code = Code {
    slug: "view-differs",
    summary: "two people of an account are shown different invoices",
    severity: Severity::High,
    impact: "Colleagues pay twice or not at all, because each sees other invoices.",
    remedy: "Compute invoices for the account, not for whoever asks.",
    effort: Effort::Medium,
};
