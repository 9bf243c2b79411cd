//! What the model and the wire have alike, both ways.

use tidegate_core::check::{Table, Unit};
use tidegate_core::distribution::Standing;
use tidegate_core::meta::{Confidence, Effort, Level, Severity};
use tidegate_core::provenance::Provenance;
use tidegate_core::verdict::Verdict;

use super::wire;
use crate::questions::Reply;

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

/// Pairs a type of the model with the one on the wire that has the same fields.
macro_rules! alike {
    ($model:ty, $wire:ty: $($field:ident),*) => {
        impl From<$model> for $wire {
            fn from(model: $model) -> Self {
                Self { $($field: model.$field,)* }
            }
        }

        impl From<$wire> for $model {
            fn from(wire: $wire) -> Self {
                Self { $($field: wire.$field,)* }
            }
        }
    };
}

same!(Severity, wire::Severity: Info, Low, Medium, High, Critical);
same!(Confidence, wire::Confidence: Low, Medium, High);
same!(Level, wire::Level: Allow, Warn, Deny);
same!(Effort, wire::Effort: Small, Medium, Large);
same!(Reply, wire::Reply: Yes, No, NotProven);
same!(Standing, wire::Standing: Within, Over, TooClose, Unjudged);
same!(Unit, wire::Unit: Milliseconds, Bytes, Count);
same!(Verdict, wire::VerdictName: Allow, AllowWithWarnings, Inconclusive, Block);
alike!(Provenance, wire::Provenance: repository, commit, base, branch, pull_request, event, run, folder, untrusted, pending, consequence);
alike!(Table, wire::Table: title, columns, rows);
