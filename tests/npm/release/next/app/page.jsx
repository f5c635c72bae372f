import { Studio } from './Studio';

export default function Page() {
  return <Studio />;
}
