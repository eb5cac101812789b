/** Colours with the contrast WCAG 2.2 AA asks for: 4.5 to 1 for text, 3 to 1 for what surrounds fields. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const spruce: MantineColorsTuple = [
  '#e6f4f2',
  '#cfe8e4',
  '#a3d3cc',
  '#72bdb3',
  '#48a89c',
  '#268f83',
  '#0f766e',
  '#0b5d57',
  '#094a45',
  '#063834',
];

export const theme = createTheme({
  primaryColor: 'spruce',
  primaryShade: 7,
  colors: { spruce },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
});

export const colours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#495057',
    '--mantine-color-placeholder': '#5c636a',
    '--mantine-color-default-border': '#868e96',
    '--mantine-color-error': '#b02525',
  },
  dark: {},
});
