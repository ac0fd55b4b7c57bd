/** The names of everything that crosses between the window's preload script and the main process. */
export const channels = {
  /** Page → main: asks for the system's dialog; answered with a path or null. */
  chooseFolder: 'photolex:choose-folder',
  /** Page → main: asks for a port to the engine. */
  connect: 'photolex:connect',
  /** Main → page: brings that port. */
  enginePort: 'photolex:engine-port',
  /** Main → page of the window that trains: brings the port to the training process. */
  trainerPort: 'photolex:trainer-port',
  /** Main → page: a command of the menu. */
  command: 'photolex:command',
} as const;
