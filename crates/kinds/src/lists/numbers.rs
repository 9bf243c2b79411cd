//! Numbers that tell themselves by their check digits.

/// Whether a text is the number of a payment card: 13 to 19 digits by Luhn (ISO/IEC 7812), in groups of
/// four or in a field of cards. One in ten numbers passes Luhn, so that digits alone say nothing.
pub(super) fn is_card(text: &str, in_card: bool) -> bool {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let others = text.bytes().filter(|byte| !byte.is_ascii_digit());
    let separated =
        others.clone().count() == 3 && others.clone().all(|byte| matches!(byte, b' ' | b'-'));
    let grouped =
        separated && digits.len() == 16 && text.split([' ', '-']).all(|group| group.len() == 4);
    let plain = others.count() == 0;
    (grouped || (in_card && (plain || separated)))
        && (13..=19).contains(&digits.len())
        && digits
            .first()
            .is_some_and(|first| (b'2'..=b'6').contains(first))
        && digits.iter().any(|digit| digit != &digits[0])
        && luhn(&digits)
}

fn luhn(digits: &[u8]) -> bool {
    let places = digits.iter().rev().enumerate();
    let sum: u32 = places
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0');
            let doubled = if place % 2 == 1 { value * 2 } else { value };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether a text is an international bank account number (ISO 13616), in groups or in a field of banks.
pub(super) fn is_iban(text: &str, in_bank: bool) -> bool {
    let plain: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    let shaped = (15..=34).contains(&plain.len())
        && plain[..2].iter().all(u8::is_ascii_uppercase)
        && plain[2..4].iter().all(u8::is_ascii_digit)
        && plain[4..]
            .iter()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let grouped = text.len() > plain.len();
    shaped && (in_bank || grouped) && remainder(&plain) == 1
}

/// The number that the text is, modulo 97 (ISO 7064), its first four characters moved to the end.
fn remainder(plain: &[u8]) -> u32 {
    let (first, rest) = plain.split_at(4);
    rest.iter().chain(first).fold(0, |sum, byte| match byte {
        b'A'..=b'Z' => (sum * 100 + u32::from(byte - b'A') + 10) % 97,
        _ => (sum * 10 + u32::from(byte - b'0')) % 97,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_decide() {
        assert!(is_card("4111111111111111", true));
        assert!(is_card("5555-5555-5555-4444", false));
        assert!(is_card("378282246310005", true));
        for text in [
            "4111111111111112",
            "",
            "4111",
            "0000 0000 0000 0000",
            "٤٤٤٤",
        ] {
            assert!(!is_card(text, true), "{text}");
        }
        assert!(!is_card("4111111111111111", false));
        assert!(is_iban("GB82WEST12345698765432", true));
        assert!(is_iban("DE89 3704 0044 0532 0130 00", false));
        for text in ["GB82WEST12345698765431", "GB", "ßßßßßßßßßßßßßßß", ""] {
            assert!(!is_iban(text, true), "{text}");
        }
    }
}
