// The English texts of the preview, a subset of the studio's own (`src/i18n/words.rs`); a test compares the
// two. The texts of all other languages are in locales/.

export const ENGLISH = {
  Model: 'Model',
  Music: 'Music',
  Video: 'Video',
  Picture: 'Picture',
  Tokens: 'one={n} token | other={n} tokens',
  TimeVaries: 'time varies',
  Sketch: 'Procedural sketch',
  Costs: 'Costs {tokens}',
  Balance: '{tokens} left',
  Examples: 'Start from an example',
  ExampleMusic1: 'An upbeat pop song about summer',
  ExampleMusic2: 'Slow jazz for a rainy night in the city',
  ExampleMusic3: 'A calm piano piece in D minor, 70 bpm',
  ExampleScene1: 'A serene lake surrounded by mountains',
  ExampleScene2: 'Snow falling on a small town at night',
  ExampleScene3: 'Sunset over the sea with birds',
};
