import { auth } from '@/auth';
export async function GET() { const session = await auth(); return Response.json(`a${session}`); }
export const POST = withAuth(async () => supabase.from('records').insert({}));
export const config = { matcher: ['/((?!login).*)'], basePath: '/x' };
