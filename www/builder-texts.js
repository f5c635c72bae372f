// What the builder says, in the visitor's language. It stands apart from `page.js`, so that no other page
// carries it. It runs before the page is painted first, as that does.
import { language, translate, LANGUAGES } from './page.js';

/** By name, in the order of `LANGUAGES`. English stands in the page. */
const TEXTS = {
  title: ['Dein Studio bauen', 'Composez votre studio', 'Crea tu estudio', 'Crie o seu estúdio', 'Crea il tuo studio', '自分のスタジオを作る', '定制你的工作室', 'अपना स्टूडियो बनाएँ', 'ابنِ الاستوديو الخاص بك'],
  settings: ['Einstellungen', 'Réglages', 'Ajustes', 'Definições', 'Impostazioni', '設定', '设置', 'सेटिंग', 'الإعدادات'],
  offers: ['Was es anbietet', 'Ce qu’il propose', 'Qué ofrece', 'O que oferece', 'Che cosa offre', '選べるもの', '提供的内容', 'क्या उपलब्ध है', 'ما يقدّمه'],
  models: ['Modelle', 'Modèles', 'Modelos', 'Modelos', 'Modelli', 'モデル', '模型', 'मॉडल', 'النماذج'],
  chosen: ['Zuerst gewählt', 'Choisi au départ', 'Elegido al principio', 'Escolhido de início', 'Scelto all’inizio', '最初の選択', '默认选择', 'शुरू में चुना', 'المختار أولًا'],
  first: ['Das erste', 'Le premier', 'El primero', 'O primeiro', 'Il primo', '先頭のもの', '第一个', 'पहला', 'الأول'],
  style: ['Stil', 'Style', 'Estilo', 'Estilo', 'Stile', 'スタイル', '风格', 'शैली', 'الأسلوب'],
  none: ['Keiner', 'Aucun', 'Ninguno', 'Nenhum', 'Nessuno', 'なし', '无', 'कोई नहीं', 'بلا'],
  prompt: ['Prompt', 'Prompt', 'Prompt', 'Prompt', 'Prompt', 'プロンプト', '提示词', 'प्रॉम्प्ट', 'الوصف'],
  question: ['Frage', 'Question', 'Pregunta', 'Pergunta', 'Domanda', '質問', '提问', 'सवाल', 'السؤال'],
  questionText: ['Was möchtest du erstellen?', 'Que voulez-vous créer ?', '¿Qué quieres crear?', 'O que gostaria de criar?', 'Che cosa vorresti creare?', '何を作りますか？', '想做点什么？', 'क्या बनाना है?', 'ماذا تريد أن نصنع؟'],
  button: ['Schaltfläche', 'Bouton', 'Botón', 'Botão', 'Pulsante', 'ボタン', '按钮', 'बटन', 'الزر'],
  buttonText: ['Erzeugen', 'Générer', 'Generar', 'Gerar', 'Genera', '生成する', '生成', 'बनाएँ', 'اصنع'],
  language: ['Sprache', 'Langue', 'Idioma', 'Idioma', 'Lingua', '言語', '语言', 'भाषा', 'اللغة'],
  asPage: ['Wie die Seite', 'Comme la page', 'Como la página', 'Como a página', 'Come la pagina', 'ページと同じ', '与页面相同', 'पेज जैसी', 'كلغة الصفحة'],
  makes: ['Wer es macht', 'Qui le crée', 'Quién lo hace', 'Quem o faz', 'Chi lo crea', '生成する場所', '由谁生成', 'कौन बनाता है', 'من يصنعه'],
  mode: ['Modus', 'Mode', 'Modo', 'Modo', 'Modalità', 'モード', '模式', 'मोड', 'الوضع'],
  aGateway: ['Ein Gateway', 'Une passerelle', 'Una pasarela', 'Um gateway', 'Un gateway', 'ゲートウェイ', '一个网关', 'एक गेटवे', 'بوابة'],
  inBrowser: [
    'Der Browser des Besuchers (Demo)', 'Le navigateur du visiteur (démo)', 'El navegador del visitante (demo)', 'O navegador do visitante (demonstração)',
    'Il browser del visitatore (demo)', '訪問者のブラウザ（デモ）', '访客的浏览器（演示）', 'आगंतुक का ब्राउज़र (डेमो)', 'متصفح الزائر (تجريبي)',
  ],
  byServer: [
    'Ein Server der dokumentierten API', 'Un serveur de l’API documentée', 'Un servidor de la API documentada', 'Um servidor da API documentada',
    'Un server dell’API documentata', 'ドキュメントに記載の API のサーバー', '符合 API 文档的服务器', 'दस्तावेज़ वाले API का सर्वर', 'خادم للواجهة البرمجية الموثقة',
  ],
  gateway: ['Gateway', 'Passerelle', 'Pasarela', 'Gateway', 'Gateway', 'ゲートウェイ', '网关', 'गेटवे', 'البوابة'],
  key: ['Öffentlicher Schlüssel', 'Clé publiable', 'Clave publicable', 'Chave publicável', 'Chiave pubblicabile', '公開可能キー', '可公开的密钥', 'सार्वजनिक कुंजी', 'مفتاح قابل للنشر'],
  appearance: ['Wie es aussieht', 'Son apparence', 'Cómo se ve', 'O seu aspeto', 'Che aspetto ha', '見た目', '外观', 'कैसा दिखता है', 'المظهر'],
  theme: ['Hell oder dunkel', 'Thème', 'Tema', 'Tema', 'Tema', 'テーマ', '主题', 'थीम', 'السمة'],
  asSystem: [
    'Wie beim Besucher', 'Comme le système du visiteur', 'Como el sistema del visitante', 'Como o sistema do visitante', 'Come il sistema del visitatore',
    '訪問者のシステムに合わせる', '跟随访客的系统', 'आगंतुक के सिस्टम जैसी', 'كنظام الزائر',
  ],
  light: ['Hell', 'Clair', 'Claro', 'Claro', 'Chiaro', 'ライト', '浅色', 'हल्की', 'فاتحة'],
  dark: ['Dunkel', 'Sombre', 'Oscuro', 'Escuro', 'Scuro', 'ダーク', '深色', 'गहरी', 'داكنة'],
  accent: ['Akzentfarbe', 'Couleur d’accent', 'Color de acento', 'Cor de destaque', 'Colore d’accento', 'アクセント色', '强调色', 'मुख्य रंग', 'لون التمييز'],
  onAccent: ['Text auf dem Akzent', 'Texte sur l’accent', 'Texto sobre el acento', 'Texto no destaque', 'Testo sull’accento', 'アクセント上の文字', '强调色上的文字', 'मुख्य रंग पर टेक्स्ट', 'النص على لون التمييز'],
  background: ['Hintergrund', 'Arrière-plan', 'Fondo', 'Fundo', 'Sfondo', '背景', '背景', 'पृष्ठभूमि', 'الخلفية'],
  text: ['Textfarbe', 'Texte', 'Texto', 'Texto', 'Testo', '文字', '文字', 'टेक्स्ट', 'النص'],
  corners: ['Ecken', 'Coins', 'Esquinas', 'Cantos', 'Angoli', '角丸', '圆角', 'कोने', 'الزوايا'],
  font: ['Schriftart', 'Police', 'Fuente', 'Tipo de letra', 'Carattere', 'フォント', '字体', 'फ़ॉन्ट', 'الخط'],
  width: ['Breite', 'Largeur', 'Ancho', 'Largura', 'Larghezza', '幅', '宽度', 'चौड़ाई', 'العرض'],
  full: ['Volle Breite', 'Toute la largeur', 'Todo el ancho', 'Toda a largura', 'Tutta la larghezza', '幅いっぱい', '占满宽度', 'पूरी चौड़ाई', 'كامل العرض'],
  smallPhone: [
    '320 px, ein kleines Telefon', '320 px, un petit téléphone', '320 px, un teléfono pequeño', '320 px, um telemóvel pequeno', '320 px, un telefono piccolo',
    '320 px（小さなスマートフォン）', '320 px，小屏手机', '320 px, छोटा फ़ोन', '320 بكسل، هاتف صغير',
  ],
  phone: [
    '390 px, ein Telefon', '390 px, un téléphone', '390 px, un teléfono', '390 px, um telemóvel', '390 px, un telefono',
    '390 px（スマートフォン）', '390 px，手机', '390 px, फ़ोन', '390 بكسل، هاتف',
  ],
  tablet: [
    '768 px, ein Tablet', '768 px, une tablette', '768 px, una tableta', '768 px, um tablet', '768 px, un tablet',
    '768 px（タブレット）', '768 px，平板电脑', '768 px, टैबलेट', '768 بكسل، جهاز لوحي',
  ],
  again: ['Neu beginnen', 'Recommencer', 'Empezar de nuevo', 'Recomeçar', 'Ricomincia', '最初からやり直す', '重新开始', 'फिर से शुरू करें', 'ابدأ من جديد'],
  take: ['Code kopieren', 'Copier le code', 'Copiar el código', 'Copiar o código', 'Copia il codice', 'コードをコピーする', '复制代码', 'कोड कॉपी करें', 'انسخ الشيفرة'],
  live: ['Vorschau', 'Aperçu', 'Vista previa', 'Pré-visualização', 'Anteprima', 'プレビュー', '预览', 'पूर्वावलोकन', 'معاينة'],
};

/** What is said only while it is used: English, then the order of `LANGUAGES`. */
const SAID = {
  copy: ['Copy', 'Kopieren', 'Copier', 'Copiar', 'Copiar', 'Copia', 'コピー', '复制', 'कॉपी करें', 'انسخ'],
  copyName: ['Copy {name}', '{name} kopieren', 'Copier {name}', 'Copiar {name}', 'Copiar {name}', 'Copia {name}', '{name} をコピー', '复制 {name}', '{name} कॉपी करें', 'انسخ {name}'],
  code: ['{name} code', '{name}-Code', 'Code {name}', 'Código {name}', 'Código {name}', 'Codice {name}', '{name} のコード', '{name} 代码', '{name} कोड', 'شيفرة {name}'],
  copied: [
    '{name} copied.', '{name} kopiert.', '{name} copié.', '{name} copiado.', '{name} copiado.', '{name} copiato.',
    '{name} をコピーしました。', '已复制 {name}。', '{name} कॉपी हो गया।', 'نُسخ {name}.',
  ],
  cantCopy: [
    'The browser lets nothing be copied. It is selected: copy it by hand.', 'Der Browser lässt nichts kopieren. Es ist markiert: Kopiere es von Hand.',
    'Le navigateur ne laisse rien copier. Le code est sélectionné : copiez-le à la main.', 'El navegador no deja copiar nada. Está seleccionado: cópialo a mano.',
    'O navegador não deixa copiar nada. Está selecionado: copie-o à mão.', 'Il browser non lascia copiare nulla. È selezionato: copialo a mano.',
    'ブラウザがコピーを許可していません。選択してあるので、手動でコピーしてください。', '浏览器不允许复制。内容已选中，请手动复制。',
    'ब्राउज़र कॉपी नहीं करने दे रहा। कोड चुना हुआ है: इसे ख़ुद कॉपी करें।', 'لا يسمح المتصفح بالنسخ. النص محدد: انسخه يدويًا.',
  ],
  plain: [
    'The default look', 'Das Standardaussehen', 'L’apparence par défaut', 'El aspecto predeterminado', 'O aspeto predefinido', 'L’aspetto predefinito',
    '標準の見た目', '默认外观', 'डिफ़ॉल्ट रूप', 'المظهر الافتراضي',
  ],
};

/** A text in the visitor's language, with `name` put in. */
export const say = (text, name) => SAID[text][LANGUAGES.indexOf(language) + 1].replace('{name}', name);

translate(TEXTS);
