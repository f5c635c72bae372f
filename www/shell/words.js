// What the shell says itself, in every language of the studio: it speaks before anything else is
// there, and where nothing else comes. The rest of the words lies in locales/.

/** The names of the texts, in the order in which each language has them below. */
const NAMES = ['question', 'generate', 'notLoaded', 'checkConnection', 'startAgain', 'newer', 'reload'];

const TEXTS = {
  en: ['What would you like to make?', 'Generate', 'The studio could not be loaded.', 'Check the connection.', 'Start again', 'There is a newer version.', 'Reload'],
  de: ['Was möchtest du erstellen?', 'Erzeugen', 'Das Studio konnte nicht geladen werden.', 'Prüfe die Verbindung.', 'Neu starten', 'Es gibt eine neuere Version.', 'Neu laden'],
  fr: ['Que voulez-vous créer ?', 'Générer', 'Le studio n’a pas pu être chargé.', 'Vérifiez la connexion.', 'Redémarrer', 'Il existe une version plus récente.', 'Recharger'],
  es: ['¿Qué quieres crear?', 'Generar', 'No se pudo cargar el estudio.', 'Comprueba la conexión.', 'Volver a empezar', 'Hay una versión más reciente.', 'Recargar'],
  pt: ['O que gostaria de criar?', 'Gerar', 'Não foi possível carregar o estúdio.', 'Verifique a ligação.', 'Recomeçar', 'Há uma versão mais recente.', 'Recarregar'],
  it: ['Che cosa vorresti creare?', 'Genera', 'Non è stato possibile caricare lo studio.', 'Controlla la connessione.', 'Riavvia', 'C’è una versione più recente.', 'Ricarica'],
  ja: ['何を作りますか？', '生成する', 'スタジオを読み込めませんでした。', '接続を確認してください。', 'もう一度開始', '新しいバージョンがあります。', '再読み込み'],
  zh: ['想做点什么？', '生成', '无法加载工作室。', '请检查网络连接。', '重新启动', '有新版本。', '重新加载'],
  hi: ['क्या बनाना है?', 'बनाएँ', 'स्टूडियो लोड नहीं हो सका।', 'कनेक्शन जाँचें।', 'दोबारा शुरू करें', 'नया संस्करण उपलब्ध है।', 'दोबारा लोड करें'],
  ar: ['ماذا تريد أن نصنع؟', 'اصنع', 'تعذّر تحميل الاستوديو.', 'تحقّق من الاتصال.', 'ابدأ من جديد', 'هناك إصدار أحدث.', 'أعد التحميل'],
};

export const LANGUAGES = Object.keys(TEXTS);

/** The texts of a language, by name. */
export const words = (language) => Object.fromEntries(NAMES.map((name, at) => [name, TEXTS[language][at]]));

/** Texts of the page's own by the names that they have in locales/, too: `noStyle` is `NoStyle` there. */
export const named = (own) => Object.fromEntries(Object.entries(own ?? {}).flatMap(([name, text]) => [
  [name, text], [name.replace(/^./, (first) => first.toUpperCase()), text],
]));

/** The first of these language tags that the studio speaks. */
export function spoken(tags) {
  for (const tag of tags) {
    const language = tag?.toLowerCase().split('-')[0];
    if (LANGUAGES.includes(language)) return language;
  }
  return 'en';
}
