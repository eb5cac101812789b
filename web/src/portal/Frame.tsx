/** What surrounds every page of the portal: its name, the language, signing out. */
import { Button, Container, Group } from '@mantine/core';
import { IconPackageExport } from '@tabler/icons-react';
import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';
import { useSession } from '../shared/staff/session';
import { LANGUAGES, switchTo, useLanguage, useWords, type Language } from './language';
import { ProblemNotice } from './Notice';
import { useLeaving } from './useLeaving';

const NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

export function Frame({ children }: { readonly children: ReactNode }): ReactElement {
  const say = useWords();
  const session = useSession('customer');
  const leaving = useLeaving();
  return (
    <>
      <a className="skip" href="#main">
        {say('app.skip')}
      </a>
      <header className="portal-header not-printed">
        <Container size={760} className="portal-bar">
          <Link href="/" className="brand">
            <IconPackageExport aria-hidden size={22} />
            {say('app.name')}
          </Link>
          <Group gap="xs">
            <LanguageSwitch />
            {session !== null && session !== undefined && (
              <Button variant="default" size="compact-md" loading={leaving.isPending} onClick={() => leaving.mutate()}>
                {say('app.signOut')}
              </Button>
            )}
          </Group>
        </Container>
      </header>
      <Container size={760} component="main" id="main" tabIndex={-1} className="focus-target portal-main">
        <ProblemNotice error={leaving.error} />
        {children}
      </Container>
    </>
  );
}

function LanguageSwitch(): ReactElement {
  const say = useWords();
  const language = useLanguage();
  return (
    <div role="group" aria-label={say('app.language')} className="languages">
      {LANGUAGES.map((each) => (
        <button
          key={each}
          type="button"
          lang={each}
          aria-pressed={each === language}
          aria-label={`${each.toUpperCase()}, ${NAMES[each]}`}
          onClick={() => switchTo(each)}
        >
          {each.toUpperCase()}
        </button>
      ))}
    </div>
  );
}
