//! Payments and shops.

use tidegate_core::meta::Severity;

use crate::scan::rule::{Class, Part, Rule, Set, Shape, Test};

pub(super) static RULES: &[Rule] = &[Rule {
    slug: "stripe-secret-key",
    name: "Stripe secret key",
    provider: "Stripe",
    class: Class::Secret,
    severity: Severity::Critical,
    shapes: &[Shape::Token(&[
        Part::Either(&["sk_live_", "sk_test_", "sk_prod_"]),
        Part::Run(Set::Alnum, 10, 99),
    ])],
    test: Test::Shape,
    opens: "Whoever has it can charge and refund cards, read every customer's data and send payouts.",
    rotate: &[
        "Open the Stripe Dashboard, Developers, API keys.",
        "Choose Rotate key beside the key and give the old one a short time to live.",
        "Put the new key where the server reads it, and deploy.",
        "Look through Developers, Logs for requests that are not yours.",
    ],
    keep_out: "It belongs in the server's environment only. The browser gets the publishable key, which begins with pk_.",
    reference: "https://docs.stripe.com/keys",
}];
