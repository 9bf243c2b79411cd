//! Which environment of a gate file an event means.

/// The environment that a name of an event means: the one of that name, else the one of its first
/// word, as in `Preview – acme-portal`; capitals do not matter.
pub(super) fn meant<'n>(told: &str, names: &'n [String]) -> Option<&'n str> {
    let named = |wanted: &str| {
        let mut names = names.iter();
        let same = |name: &&String| name.eq_ignore_ascii_case(wanted);
        names.find(same).map(String::as_str)
    };
    named(told.trim()).or_else(|| named(told.split_whitespace().next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_means_an_environment_by_its_name_or_its_first_word() {
        let names = ["preview", "Production", "acme eu"].map(str::to_owned);
        let cases = [
            ("preview", Some("preview")),
            ("Preview", Some("preview")),
            ("Preview – acme-portal", Some("preview")),
            ("production", Some("Production")),
            ("Acme EU", Some("acme eu")),
            ("acme", None),
            ("preview-7", None),
            ("", None),
            (" \n", None),
        ];
        for (told, expected) in cases {
            assert_eq!(meant(told, &names), expected, "{told}");
        }
    }
}
