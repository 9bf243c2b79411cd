//! The closed sets of names, both ways.

use tidegate_core::meta::{Confidence, Effort, Level, Severity};
use tidegate_core::verdict::Verdict;

use super::wire;

/// Pairs each name of the model with the one on the wire.
macro_rules! same {
    ($model:ty, $wire:ty: $($name:ident),*) => {
        impl From<$model> for $wire {
            fn from(name: $model) -> Self {
                match name {
                    $(<$model>::$name => Self::$name,)*
                }
            }
        }

        impl From<$wire> for $model {
            fn from(name: $wire) -> Self {
                match name {
                    $(<$wire>::$name => Self::$name,)*
                }
            }
        }
    };
}

same!(Severity, wire::Severity: Info, Low, Medium, High, Critical);
same!(Confidence, wire::Confidence: Low, Medium, High);
same!(Level, wire::Level: Allow, Warn, Deny);
same!(Effort, wire::Effort: Small, Medium, Large);
same!(Verdict, wire::VerdictName: Allow, AllowWithWarnings, Inconclusive, Block);
