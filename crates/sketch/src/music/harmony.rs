//! Harmony: scales, chords and voice leading.
//!
//! Pitches are MIDI numbers: 60 is middle C, an octave is 12.

/// The scale: the notes of the key, or another mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Major and minor.
    #[default]
    Plain,
    /// With augmented seconds: hijaz, and a minor scale with two of them.
    East,
    /// Mixolydian and Dorian: low seventh, high sixth.
    Modal,
    /// The ragas Khamaj, and Bhairavi with its low second degree.
    Raga,
    /// The melody uses five notes without semitones.
    Five,
    /// The melody uses the blues scale, over any chord.
    Blue,
}

/// A key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// From 0 (C) to 11 (B).
    pub(crate) tonic: i32,
    pub(crate) minor: bool,
    pub(crate) scale: Scale,
}

impl Key {
    /// The pitch of a scale degree, counted from 0; negative degrees go down. Degree 0 lies between
    /// 60 and 71.
    pub(crate) fn pitch(self, degree: i32) -> i32 {
        let scale: [i32; 7] = match (self.scale, self.minor) {
            (Scale::East, false) => [0, 1, 4, 5, 7, 8, 10],
            (Scale::East, true) => [0, 2, 3, 6, 7, 8, 11],
            (Scale::Modal | Scale::Raga, false) => [0, 2, 4, 5, 7, 9, 10],
            (Scale::Modal, true) => [0, 2, 3, 5, 7, 9, 10],
            (Scale::Raga, true) => [0, 1, 3, 5, 7, 8, 10],
            (_, false) => [0, 2, 4, 5, 7, 9, 11],
            (_, true) => [0, 2, 3, 5, 7, 8, 10],
        };
        60 + self.tonic + scale[degree.rem_euclid(7) as usize] + 12 * degree.div_euclid(7)
    }

    /// The pitch of a scale degree in the melody.
    pub(crate) fn sung(self, degree: i32) -> i32 {
        let kept: &[i32] = match (self.scale, self.minor) {
            (Scale::Five, false) => &[0, 2, 4, 7, 9],
            (Scale::Five, true) => &[0, 3, 5, 7, 10],
            (Scale::Blue, _) => &[0, 3, 5, 6, 7, 10],
            _ => return self.pitch(degree),
        };
        let at = 60 + self.tonic;
        Self::snap(&kept.iter().map(|k| at + k).collect::<Vec<_>>(), self.pitch(degree))
    }

    /// The pitches of the chord on a degree, from its root, in thirds. In minor, the dominant has
    /// the leading note.
    pub(crate) fn chord(self, degree: i32, voices: usize) -> Vec<i32> {
        let mut notes: Vec<i32> = (0..voices as i32).map(|i| self.pitch(degree + 2 * i)).collect();
        if self.minor && degree.rem_euclid(7) == 4 {
            notes[1] = notes[0] + 4;
        }
        notes
    }

    /// The pitch of `chord`, in any octave, that is nearest to `near`.
    pub(crate) fn snap(chord: &[i32], near: i32) -> i32 {
        let mut best = near;
        let mut least = i32::MAX;
        for note in chord {
            let shifted = note + 12 * (near - note + 6).div_euclid(12);
            if (shifted - near).abs() < least {
                (best, least) = (shifted, (shifted - near).abs());
            }
        }
        best
    }
}

/// Arranges a chord so that its voices move as little as possible.
pub(crate) fn lead(chord: &[i32], before: &[i32], middle: i32) -> Vec<i32> {
    let mut best: Vec<i32> = Vec::new();
    let mut least = i32::MAX;
    for turn in 0..chord.len() {
        for octave in -2..=1 {
            let mut notes: Vec<i32> = chord
                .iter()
                .enumerate()
                .map(|(i, n)| n + 12 * octave + if i < turn { 12 } else { 0 })
                .collect();
            notes.sort_unstable();
            let centre: i32 = notes.iter().sum::<i32>() / notes.len() as i32;
            let mut cost = (centre - middle).abs();
            if before.len() == notes.len() {
                cost += notes.iter().zip(before).map(|(a, b)| (a - b).abs()).sum::<i32>();
            } else if let ([low, .., high], [low_before, .., high_before]) =
                (notes.as_slice(), before)
            {
                // A triad after a seventh chord: its outer voices stay close.
                cost += (low - low_before).abs() + (high - high_before).abs();
            }
            if cost < least {
                (best, least) = (notes, cost);
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_move_little() {
        let key = Key { tonic: 0, minor: false, scale: Scale::Plain };
        let mut before = lead(&key.chord(0, 3), &[], 62);
        for degree in [4, 5, 3, 0, 1, 4, 0] {
            let next = lead(&key.chord(degree, 3), &before, 62);
            for (a, b) in next.iter().zip(&before) {
                assert!((a - b).abs() <= 5, "{before:?} to {next:?}");
            }
            before = next;
        }
    }
}
