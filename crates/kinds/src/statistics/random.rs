//! Random numbers from a seed.

/// A stream of random numbers that is the same for the same seed, in every version of this program: a
/// report that names its seed can be made again. It is not for secrets.
///
/// SplitMix64: Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014.
#[derive(Debug, Clone)]
pub struct Seeded {
    state: u64,
}

/// What the state grows by from one number to the next.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Seeded {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// 64 random bits.
    pub fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }

    /// A number below this one, each equally often; 0 for 0.
    ///
    /// The high half of a product: Lemire, *Fast Random Integer Generation in an Interval*, ACM TOMACS
    /// 29(1), 2019, without the rejection, which would matter only for bounds near 2⁶⁴.
    pub fn below(&mut self, bound: u64) -> u64 {
        let product = u128::from(self.draw()) * u128::from(bound);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A place in a list of this length; 0 for an empty one.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// A number from 0 up to, and without, 1.
    pub fn unit(&mut self) -> f64 {
        /// A number with 53 bits below it is as fine as they get.
        const FINENESS: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.draw() >> 11) as f64 * FINENESS
    }

    /// Brings a list into a random order (Durstenfeld, *Algorithm 235: Random Permutation*, CACM 7(7), 1964).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.index(end + 1));
        }
    }
}

/// Spreads what differs between two states over all bits.
fn mix(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
