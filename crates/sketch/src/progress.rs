//! The progress of the work. It is reported by the work itself, not by a clock.

use std::ops::ControlFlow;

use ai_now_protocol::Code;

use crate::SketchError;

/// The current step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The prompt is analysed.
    Reading,
    /// The input picture is decoded.
    Looking,
    /// Pictures are drawn.
    Drawing,
    /// Instruments are played.
    Playing,
    /// Drums are played.
    Drumming,
    /// Reverb and echo are added.
    Mixing,
    /// The whole is mastered.
    Mastering,
    /// The file is encoded.
    Encoding,
    /// Everything is done.
    Done,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 9] = [
        Self::Reading,
        Self::Looking,
        Self::Drawing,
        Self::Playing,
        Self::Drumming,
        Self::Mixing,
        Self::Mastering,
        Self::Encoding,
        Self::Done,
    ];

    /// Its code in the protocol, which distinguishes fewer steps.
    pub fn code(self) -> Code {
        match self {
            Self::Reading | Self::Looking => Code::Reading,
            Self::Drawing => Code::Drawing,
            Self::Playing | Self::Drumming | Self::Mixing | Self::Mastering => Code::Playing,
            Self::Encoding | Self::Done => Code::Encoding,
        }
    }

    /// Its stable name, which is also its English word: `mixing`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Looking => "looking",
            Self::Drawing => "drawing",
            Self::Playing => "playing",
            Self::Drumming => "drumming",
            Self::Mixing => "mixing",
            Self::Mastering => "mastering",
            Self::Encoding => "encoding",
            Self::Done => "done",
        }
    }
}

/// The progress of the work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The fraction of the whole work that is done, from 0 to 1; it never decreases.
    pub fraction: f64,
    /// The current step.
    pub step: Step,
}

/// Reports progress, and never lets it decrease.
pub(crate) struct Reporter<'a> {
    report: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    fraction: f64,
}

impl<'a> Reporter<'a> {
    pub(crate) fn new(report: &'a mut dyn FnMut(Progress) -> ControlFlow<()>) -> Self {
        Self { report, fraction: 0.0 }
    }

    /// The fraction that is done.
    pub(crate) fn fraction(&self) -> f64 {
        self.fraction
    }

    pub(crate) fn at(&mut self, fraction: f64, step: Step) -> Result<(), SketchError> {
        self.fraction = fraction.clamp(self.fraction, 1.0);
        match (self.report)(Progress { fraction: self.fraction, step }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(SketchError::Cancelled),
        }
    }

    /// The same, for parts of the work that only need to know whether to go on.
    pub(crate) fn flow(&mut self, fraction: f64, step: Step) -> ControlFlow<()> {
        match self.at(fraction, step) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// A report for a part of the work that knows only its own progress.
    pub(crate) fn part<'b>(
        &'b mut self,
        from: f64,
        to: f64,
        step: Step,
    ) -> impl FnMut(f64) -> ControlFlow<()> + 'b {
        move |done| self.flow(from + (to - from) * done, step)
    }
}
