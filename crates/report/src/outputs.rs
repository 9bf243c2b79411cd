//! The verdict as outputs of a step of GitHub Actions.

use std::io;

use tidegate_core::event::Summary;
use tidegate_core::verdict::{Circumstances, Judgement, exit_code};

/// The outputs of a run that ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Outputs {
    judgement: Judgement,
    circumstances: Circumstances,
}

impl Outputs {
    /// Takes what the outputs tell from a summary.
    pub fn of(summary: &Summary) -> Self {
        Self {
            judgement: summary.judgement.clone(),
            circumstances: Circumstances {
                interrupted: summary.interrupted,
                report_failed: false,
                advisory: summary.advisory,
            },
        }
    }

    /// The outputs as the file takes them; `report_failed` when a required report is not there.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn text(&self, report_failed: bool) -> io::Result<String> {
        let circumstances = Circumstances {
            report_failed,
            ..self.circumstances
        };
        let code = exit_code(&self.judgement, circumstances);
        Ok(format!("exit-code={code}\n"))
    }
}
