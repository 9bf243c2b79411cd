//! Keys that the vendors' documentation shows and that open nothing.

use sha2::{Digest, Sha256};

const AWS: &str = "the sample of AWS's documentation";
const AZURITE: &str = "the key of Azurite, Azure's emulator";
const GITHUB: &str = "the sample of GitHub's documentation";
const JWT_IO: &str = "the sample of jwt.io";
const SLACK: &str = "the sample of Slack's documentation";
const STRIPE: &str = "the sample of Stripe's documentation";

/// The first eight bytes of the SHA-256 of each, so that no scanner finds a key here, in order.
static DOCUMENTED: &[(u64, &str)] = &[
    (0x0011_cc25_eb43_2071, AZURITE),
    (0x1a5d_44a2_dca1_9669, AWS),
    (0x2caf_c097_0149_a84f, STRIPE),
    (0x2d1f_7723_aabc_5c7a, STRIPE),
    (0x2ddc_147f_3a3b_5a17, SLACK),
    (0x3543_c50b_0cb9_cea8, GITHUB),
    (0x5895_b89c_8fb3_3402, STRIPE),
    (0x6d7f_a4e6_4d4b_1f3e, GITHUB),
    (0x7831_4b11_be2e_5815, AWS),
    (0x797c_0ce4_1458_6cc8, GITHUB),
    (0x7f75_367e_7881_2551, JWT_IO),
    (0x82e7_4299_544e_0073, GITHUB),
    (0x900e_6c2b_f8ce_6c14, AZURITE),
    (0xb147_1f54_4cee_ea31, STRIPE),
    (0xbc3a_e723_f57c_6b9e, GITHUB),
    (0xc6ea_27c5_34f9_93d3, AWS),
    (0xc794_fa6d_20c6_4efb, JWT_IO),
    (0xda81_6f9f_2c16_e6c5, JWT_IO),
    (0xe21b_597b_a6b9_cafa, AWS),
    (0xf2d6_ca16_5150_33e5, STRIPE),
];

/// Whose documentation shows the value, if any.
pub(super) fn documented(value: &str) -> Option<&'static str> {
    let digest = Sha256::digest(value.as_bytes());
    let start: [u8; 8] = digest.get(..8)?.try_into().ok()?;
    DOCUMENTED
        .binary_search_by_key(&u64::from_be_bytes(start), |(known, _)| *known)
        .ok()
        .and_then(|at| DOCUMENTED.get(at))
        .map(|(_, whose)| *whose)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_are_sorted_so_that_they_can_be_searched() {
        assert!(DOCUMENTED.is_sorted_by(|(one, _), (next, _)| one < next));
    }
}
