// What the shell says before anything else is loaded, in every language of the studio. The words of
// errors are in error-words.js, all others in locales/.

/** The names of the texts, in the order in which each language has them below. */
const NAMES = ['question', 'generate', 'notLoaded', 'startAgain'];

const TEXTS = {
  en: ['What would you like to make?', 'Generate', 'The studio could not be loaded.', 'Start again'],
  de: ['Was möchtest du erstellen?', 'Erzeugen', 'Das Studio konnte nicht geladen werden.', 'Neu starten'],
  fr: ['Que voulez-vous créer ?', 'Générer', 'Le studio n’a pas pu être chargé.', 'Redémarrer'],
  es: ['¿Qué quieres crear?', 'Generar', 'No se pudo cargar el estudio.', 'Volver a empezar'],
  pt: ['O que gostaria de criar?', 'Gerar', 'Não foi possível carregar o estúdio.', 'Recomeçar'],
  it: ['Che cosa vorresti creare?', 'Genera', 'Non è stato possibile caricare lo studio.', 'Riavvia'],
  ja: ['何を作りますか？', '生成する', 'スタジオを読み込めませんでした。', 'もう一度開始'],
  zh: ['想做点什么？', '生成', '无法加载工作室。', '重新启动'],
  hi: ['क्या बनाना है?', 'बनाएँ', 'स्टूडियो लोड नहीं हो सका।', 'दोबारा शुरू करें'],
  ar: ['ماذا تريد أن نصنع؟', 'اصنع', 'تعذّر تحميل الاستوديو.', 'ابدأ من جديد'],
};

export const LANGUAGES = Object.keys(TEXTS);

/** The texts of a language, by name. */
export const words = (language) => Object.fromEntries(NAMES.map((name, at) => [name, TEXTS[language][at]]));

/** The first of these language tags that the studio speaks. */
export function spoken(tags) {
  for (const tag of tags) {
    const language = tag?.toLowerCase().split('-')[0];
    if (LANGUAGES.includes(language)) return language;
  }
  return 'en';
}
