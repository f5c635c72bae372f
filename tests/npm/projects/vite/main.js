import 'ai-now-studio';
