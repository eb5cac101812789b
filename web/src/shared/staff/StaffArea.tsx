/** The frame of staff's pages: sign-in, what this person may open, who is signed in. */
import { Anchor, AppShell, Badge, Burger, Button, Center, Group, Loader, NavLink, ScrollArea, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, type ReactElement, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { ApiProblem } from '../api/problem';
import { ProblemAlert } from '../page/ProblemAlert';
import { useSession, useSessions, useSignOut, type Session } from './session';
import { useSessionEnd } from './session-end';
import { StaffSignIn } from './StaffSignIn';

export type NavItem = { readonly href: string; readonly label: string };
type Props = {
  readonly title: string;
  /** Pages of this area. */
  readonly nav: readonly NavItem[];
  /** Who may open it; admins always may. */
  readonly roles: readonly Session['roles'][number][];
  readonly children: ReactNode;
  /** Who was signed in here last, for an area that works without the service; it opens for them while the service cannot be asked. */
  readonly lastSession?: Session | null;
  /** Said above the sign-in, for instance that nothing is lost. */
  readonly signInNote?: ReactNode;
};

const AREAS = [
  { href: '/warehouse', label: 'Scan station', role: 'warehouse' },
  { href: '/finance', label: 'Finance', role: 'finance' },
  { href: '/admin', label: 'Operations', role: 'admin' },
] as const;

const may = (session: Session, roles: readonly string[]): boolean => session.roles.some((role) => role === 'admin' || roles.includes(role));

export function StaffArea({ title, nav, roles, children, lastSession = null, signInNote }: Props): ReactElement {
  const { error, failureReason, refetch } = useSessions();
  const known = useSession('staff');
  const isOutOfReach = failureReason instanceof ApiProblem && (failureReason.status === 0 || failureReason.status >= 500);
  // What was read before stays true while the service cannot be asked.
  const session = known === undefined && isOutOfReach ? (lastSession ?? undefined) : known;
  const hasEnded = useSessionEnd(known?.csrfToken ?? null);
  useEffect(() => {
    document.title = `${title} · Backhaul`;
    document.documentElement.lang = 'en';
  }, [title]);
  if (session === undefined && error !== null) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (session === undefined)
    return (
      <Center h="50vh">
        <Loader aria-label="Loading" role="status" />
      </Center>
    );
  if (session === null) return <StaffSignIn title={title} note={signInNote} hasEnded={hasEnded} />;
  return (
    <Frame title={title} nav={nav} session={session}>
      {may(session, roles) ? children : <NotForYou title={title} session={session} />}
    </Frame>
  );
}

function Frame({ title, nav, session, children }: Pick<Props, 'title' | 'nav' | 'children'> & { readonly session: Session }): ReactElement {
  const [isOpen, menu] = useDisclosure();
  const [path] = useLocation();
  const leaving = useSignOut('staff');
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen, desktop: nav.length === 0 } }}
      padding="md"
    >
      <a className="skip" href="#main">
        Skip to content
      </a>
      <AppShell.Header className="not-printed">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap" gap="sm">
            {nav.length > 0 && <Burger opened={isOpen} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />}
            <Text fw={700}>Backhaul</Text>
            <Text c="dimmed" visibleFrom="xs">
              {title}
            </Text>
          </Group>
          <Group gap="sm" wrap="nowrap" component="nav" aria-label="Areas">
            {AREAS.filter(({ role }) => may(session, [role])).map(({ href, label }) => (
              <Anchor key={href} href={href} visibleFrom="md" size="sm" aria-current={path.startsWith(href) ? 'page' : undefined}>
                {label}
              </Anchor>
            ))}
            <Badge variant="outline" color="spruce" visibleFrom="sm">
              {session.roles.join(', ')}
            </Badge>
            <Button size="compact-sm" variant="default" loading={leaving.isPending} onClick={() => leaving.mutate()}>
              Sign out
            </Button>
          </Group>
        </Group>
      </AppShell.Header>
      {nav.length > 0 && (
        <AppShell.Navbar p="xs" className="not-printed" aria-label={title}>
          <ScrollArea>
            {nav.map(({ href, label }) => (
              <NavLink
                key={href}
                component={Link}
                href={href}
                label={label}
                active={path === href}
                onClick={menu.close}
                aria-current={path === href ? 'page' : undefined}
              />
            ))}
          </ScrollArea>
        </AppShell.Navbar>
      )}
      <AppShell.Main id="main" tabIndex={-1}>
        <ProblemAlert error={leaving.error} title="You are still signed in" />
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function NotForYou({ title, session }: { readonly title: string; readonly session: Session }): ReactElement {
  return (
    <>
      <Title order={1} size="h2">
        {title}
      </Title>
      <Text mt="sm">
        You are signed in as {session.roles.join(', ')}, which may not open this page. Sign out and use another key, or ask an admin for
        one.
      </Text>
    </>
  );
}
