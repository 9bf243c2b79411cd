//! A template reads any text without a panic, writes itself back, and an escaped text is itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate_core::template::{Part, Template, escape};

fuzz_target!(|text: &str| {
    if let Ok(template) = Template::parse(text) {
        let written = template.to_string();
        assert_eq!(Template::parse(&written), Ok(template), "{written:?}");
    }
    let escaped = Template::parse(&escape(text)).expect("an escaped text is a template");
    match escaped.parts() {
        [] => assert!(text.is_empty()),
        [Part::Literal(literal)] => assert_eq!(literal, text),
        parts => panic!("an escaped text has references: {parts:?}"),
    }
});
