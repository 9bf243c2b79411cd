//! Which environment of a gate file an event means.

/// The environment that a name of an event means: the one of that name, else the one of its first
/// word, as in `Preview – acme-portal`, else the one in brackets at its end, as in `acme-portal
/// (Preview)`; capitals do not matter.
pub(super) fn meant<'n>(told: &str, names: &'n [String]) -> Option<&'n str> {
    let named = |wanted: &str| {
        let mut names = names.iter();
        let same = |name: &&String| name.eq_ignore_ascii_case(wanted);
        names.find(same).map(String::as_str)
    };
    let bracketed = || {
        let (_, inside) = told.trim().strip_suffix(')')?.rsplit_once('(')?;
        named(inside.trim())
    };
    named(told.trim())
        .or_else(|| named(told.split_whitespace().next()?))
        .or_else(bracketed)
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
            ("acme-portal (Preview)", Some("preview")),
            ("Production – preview", Some("Production")),
            ("production (preview)", Some("Production")),
            ("acme-portal (Preview) old", None),
            ("(", None),
            (")", None),
            ("preview-7", None),
            ("", None),
            (" \n", None),
        ];
        for (told, expected) in cases {
            assert_eq!(meant(told, &names), expected, "{told}");
        }
    }
}
