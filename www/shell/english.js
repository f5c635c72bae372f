// The English of what the preview says: a part of the studio's own words (`src/i18n/words.rs`), which a
// test compares. Every other language comes whole, from locales/.

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
