/** What stands in for a page that could not be loaded or shown, so that nobody is left with a white one. */
import { Button, Container, Text, Title } from '@mantine/core';
import { Component, type ReactElement, type ReactNode } from 'react';

const WORDS = {
  en: {
    title: 'This page cannot be shown',
    load: 'Load again',
    notLoaded: 'It could not be loaded. Check your connection, then load it again.',
    broken: 'Something went wrong in it. Load it again; if that does not help, begin at the start page.',
    start: 'Start page',
  },
  de: {
    title: 'Diese Seite kann nicht gezeigt werden',
    load: 'Neu laden',
    notLoaded: 'Sie konnte nicht geladen werden. Prüfen Sie Ihre Verbindung und laden Sie sie dann neu.',
    broken: 'In ihr ist etwas schiefgegangen. Laden Sie sie neu; hilft das nicht, beginnen Sie auf der Startseite.',
    start: 'Startseite',
  },
} as const;

/** What to do about a page that is not there. In the language the page had reached. */
export function PageFailure({ why }: { readonly why: 'notLoaded' | 'broken' }): ReactElement {
  const words = WORDS[document.documentElement.lang === 'de' ? 'de' : 'en'];
  const [, area = ''] = location.pathname.split('/');
  return (
    <Container size={560} py="xl" component="main">
      <div role="alert">
        <Title order={1} size="h2" mb="sm">
          {words.title}
        </Title>
        <Text mb="md">{words[why]}</Text>
      </div>
      <Button onClick={() => location.reload()}>{words.load}</Button>
      {why === 'broken' && (
        <Button ml="sm" variant="default" component="a" href={area === 'r' ? '/' : `/${area}`}>
          {words.start}
        </Button>
      )}
    </Container>
  );
}

/** Shows `PageFailure` for whatever is thrown below it while it is shown. */
export class PageGuard extends Component<{ readonly children: ReactNode }, { readonly isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { readonly isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ReactNode {
    return this.state.isBroken ? <PageFailure why="broken" /> : this.props.children;
  }
}
