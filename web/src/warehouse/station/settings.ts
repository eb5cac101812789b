/** What this device is told once: never personal data. */
import { useLocalStorage } from '@mantine/hooks';

/** The name of the desk; empty until somebody has said it. */
export const useStationName = () => useLocalStorage({ key: 'backhaul-station-name', defaultValue: '', getInitialValueInEffect: false });
export const useSound = () => useLocalStorage({ key: 'backhaul-station-sound', defaultValue: true, getInitialValueInEffect: false });
