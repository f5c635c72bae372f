import { createRoot } from 'react-dom/client';
import { Studio } from './Studio.jsx';

createRoot(document.getElementById('app')).render(<Studio />);
